/**
 * Gives back the parts of libchdb and Node that were mapped at start and are not in use. Opening the library touches a
 * third of its 540 MB; these are clean pages of a file, the kernel keeps them cached and maps them again when they are
 * needed, within microseconds. Saves about 100 MB of resident memory on an idle machine. Linux only; elsewhere, and
 * without the optional package koffi, nothing happens.
 */
import { readFileSync } from 'node:fs';

export type Trim = () => void;

const dontNeed = 4;

/** Resolves to undefined where it cannot be done. */
export async function loadTrim(): Promise<Trim | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const { default: koffi } = await import('koffi');
    const madvise = koffi.load('libc.so.6').func('int madvise(uintptr_t address, size_t length, int advice)');
    return () => {
      for (const { start, length } of trimmable(readFileSync('/proc/self/smaps', 'utf8')))
        madvise(start, length, dontNeed);
    };
  } catch {
    // An optional economy: without koffi, or with another libc, the engine is as good but larger.
    return undefined;
  }
}

interface Mapping {
  readonly start: number;
  readonly length: number;
}

/**
 * Mappings of the library and the executable that hold nothing but what is in the file: not writable, no page of their
 * own (`Anonymous: 0`). A page that was written to, as relocations are, must never be given back.
 */
export function trimmable(smaps: string): Mapping[] {
  const found: Mapping[] = [];
  let candidate: Mapping | undefined;
  for (const line of smaps.split('\n')) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (r-xp|r--p) \S+ \S+ \S+ +\/.*\/(?:libchdb\.so|chdb_node\.node|node)$/.exec(
      line,
    );
    if (head?.[1] && head[2]) {
      const start = Number.parseInt(head[1], 16);
      candidate = { start, length: Number.parseInt(head[2], 16) - start };
    } else if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) candidate = undefined;
    else if (candidate && /^Anonymous:\s+0 kB$/.test(line)) found.push(candidate);
  }
  return found;
}

/** Once the start is over, and every `everyMs` from then on: about 5 ms each time. */
export function trimNowAndThen(trim: Trim, everyMs: number): void {
  setTimeout(trim, 1000).unref();
  setInterval(trim, everyMs).unref();
}
