/**
 * UTF-8 bytes → strings. Attribute names and most values repeat without end, so short ASCII texts come from a small table
 * of strings seen lately: no allocation, and the rows that wait for a flush share their strings. Hot: bench/receive.ts.
 */
import { isUtf8 } from 'node:buffer';
import { Refusal } from '#model';

const slots = 8192;
const lengthMax = 48;
const seen: string[] = new Array<string>(slots).fill('');

export function textAt(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 0) return '';
  if (length > lengthMax) return longText(bytes, start, end);
  let hash = length;
  let all = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    all |= byte;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (all >= 0x80) return longText(bytes, start, end);
  const slot = (hash ^ (hash >>> 15)) & (slots - 1);
  const known = seen[slot] as string;
  if (known.length === length && isSame(known, bytes, start)) return known;
  const text = bytes.toString('latin1', start, end);
  seen[slot] = text;
  return text;
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

function longText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  // The decoder puts U+FFFD for what it cannot read; only then is the slow question asked.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) {
    throw new Refusal(`text at byte ${start} is not valid UTF-8; fix the encoding at the source`, {
      code: 'BAD_REQUEST',
    });
  }
  return text;
}
