import { StageProblem } from './stage.ts';

/** IP addresses in text: `ip("10.0.0.1")`, `ip("10.0.0.0/8")`, `ip("10.0.0.1-10.0.0.9")`, both versions. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

interface AddressRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/** Whether a text holds an address that matches. Throws StageProblem when the pattern is none. */
export function ipFinder(pattern: string): (text: string) => boolean {
  const range = parseRange(pattern);
  if (range === undefined) throw new StageProblem(`ip: invalid pattern: ${JSON.stringify(pattern)}`);
  return (text) => holdsAddress(text, range);
}

function parseRange(pattern: string): AddressRange | undefined {
  const single = parseAddress(pattern);
  if (single !== undefined) return { bits: single.bits, first: single.value, last: single.value };
  return parseCidr(pattern) ?? parseFromTo(pattern);
}

function parseCidr(pattern: string): AddressRange | undefined {
  const [, text = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(pattern) ?? [];
  const address = parseAddress(text);
  if (address === undefined || Number(length) > address.bits) return undefined;
  const free = BigInt(address.bits - Number(length));
  const first = (address.value >> free) << free;
  return { bits: address.bits, first, last: first + (1n << free) - 1n };
}

function parseFromTo(pattern: string): AddressRange | undefined {
  const dash = pattern.indexOf('-');
  if (dash < 0) return undefined;
  const first = parseAddress(pattern.slice(0, dash).trim());
  const last = parseAddress(pattern.slice(dash + 1).trim());
  if (first === undefined || last === undefined || first.bits !== last.bits || first.value > last.value)
    return undefined;
  return { bits: first.bits, first: first.value, last: last.value };
}

const v4Run = /[0-9.]*/y;
const v6Run = /[0-9a-fA-F:.]*/y;
const v4Start = /[0-9][0-9.]{0,2}\.|[0-9].{0,2}\./y;
const v6Start = /::[0-9a-fA-F]|[0-9a-fA-F]{1,4}:/y;

function holdsAddress(text: string, range: AddressRange): boolean {
  for (let i = 0; i < text.length; i++) {
    const run = startsAt(v4Start, text, i) ? v4Run : startsAt(v6Start, text, i) ? v6Run : undefined;
    if (run === undefined) continue;
    run.lastIndex = i;
    const candidate = run.exec(text)?.[0] ?? '';
    const address = parseAddress(candidate);
    if (address?.bits === range.bits && address.value >= range.first && address.value <= range.last) return true;
    i += candidate.length;
  }
  return false;
}

function startsAt(pattern: RegExp, text: string, index: number): boolean {
  pattern.lastIndex = index;
  return pattern.test(text);
}

function parseAddress(text: string): Address | undefined {
  const value = text.includes(':') ? parseV6(text) : parseV4(text);
  if (value === undefined) return undefined;
  return { bits: text.includes(':') ? 128 : 32, value };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(halves.length === 1 ? 0 : missing).fill(0), ...tail];
  return groups.reduce((value, group) => value * 65536n + BigInt(group), 0n);
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const v4 = i === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
