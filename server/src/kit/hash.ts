import { hash } from 'node:crypto';

/** 16 hex digits that identify these bytes: a client's retry of a request has the same. */
export function requestIdOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16);
}

/** A hash that is exact as a JavaScript number: an integer in 0 … 2^53-1. */
export function hash53(text: string): number {
  const hex = hash('sha256', text, 'hex');
  return Number.parseInt(hex.slice(0, 8), 16) * 0x200000 + (Number.parseInt(hex.slice(8, 14), 16) & 0x1fffff);
}
