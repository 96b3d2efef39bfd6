/** What the kernel says about a process and its descendants: CPU seconds and memory. Linux only. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ticksPerSecond = 100;
const idleMsMax = 300_000;
const idleStepMs = 3_000;
const idleCores = 0.15;

export interface ProcessUse {
  readonly pid: number;
  readonly name: string;
  readonly cpuSeconds: number;
  /** Proportional set size: shared pages are split among those that share them. */
  readonly pssBytes: number;
  /** The largest resident set since the start, or since `resetPeaks`. */
  readonly rssPeakBytes: number;
  /** Of files that are mapped, such as the engine's library: the kernel may drop these pages whenever it likes. */
  readonly rssFileBytes: number;
}

export interface Memory {
  readonly pssBytes: number;
  readonly rssPeakBytes: number;
}

function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = read(`/proc/${entry}/stat`);
    if (stat) parents.set(Number(entry), Number(fieldsOf(stat)[1]));
  }
  const family = [pid];
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child);
  return family;
}

export function useOf(pid: number): ProcessUse[] {
  return familyOf(pid).map((one) => ({
    pid: one,
    name: nameOf(one),
    cpuSeconds: cpuSecondsOf(one),
    pssBytes: kibibytes(`/proc/${one}/smaps_rollup`, 'Pss'),
    rssPeakBytes: kibibytes(`/proc/${one}/status`, 'VmHWM'),
    rssFileBytes: kibibytes(`/proc/${one}/status`, 'RssFile'),
  }));
}

/** Waits until the process and its children have nothing left to do, such as merges or reading back what they held. */
export async function untilIdle(pid: number): Promise<void> {
  const untilMs = performance.now() + idleMsMax;
  let before = totalCpuSeconds(pid);
  for (let quiet = 0; quiet < 2 && performance.now() < untilMs; ) {
    await new Promise((resolve) => setTimeout(resolve, idleStepMs));
    const now = totalCpuSeconds(pid);
    quiet = now - before < (idleStepMs / 1000) * idleCores ? quiet + 1 : 0;
    before = now;
  }
}

/** Of all its processes together; the peaks need not have been at the same moment, so their sum is an upper bound. */
export function memoryOf(pid: number): Memory {
  const processes = useOf(pid);
  return {
    pssBytes: processes.reduce((sum, { pssBytes }) => sum + pssBytes, 0),
    rssPeakBytes: processes.reduce((sum, { rssPeakBytes }) => sum + rssPeakBytes, 0),
  };
}

/** From now on the peaks are of what comes. */
export function resetPeaks(pid: number): void {
  for (const one of familyOf(pid)) writeFileSync(`/proc/${one}/clear_refs`, '5');
}

/** Of the process and of those of its children it has waited for. */
function cpuSecondsOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  if (!stat) return 0;
  const fields = fieldsOf(stat);
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / ticksPerSecond;
}

export function totalCpuSeconds(pid: number): number {
  return familyOf(pid).reduce((sum, one) => sum + cpuSecondsOf(one), 0);
}

function kibibytes(path: string, field: string): number {
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(path) ?? '')?.[1] ?? 0);
}

function nameOf(pid: number): string {
  const words = (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
  return (
    words
      .find((word) => word.endsWith('.ts'))
      ?.split('/')
      .slice(-3)
      .join('/') ??
    words[0] ??
    ''
  );
}

/** From the state on; the command in parentheses before it may hold spaces. */
function fieldsOf(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
