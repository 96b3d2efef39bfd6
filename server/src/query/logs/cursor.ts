/**
 * Where a page of logs ended: the last line's time and hash, and how many lines equal in both were given already.
 * So pages neither repeat nor lose a line, also when many lines share one nanosecond, and while new lines arrive.
 */
import { Refusal } from '#model';

export interface Cursor {
  readonly timeNs: bigint;
  readonly hash: bigint;
  /** Lines with this very time and hash that earlier pages gave. */
  readonly given: number;
}

export function printCursor(cursor: Cursor): string {
  return `${cursor.timeNs}.${cursor.hash.toString(16)}.${cursor.given}`;
}

export function parseCursor(printed: string): Cursor {
  const [time, hash, given, ...rest] = printed.split('.');
  const wellFormed =
    /^\d{1,19}$/.test(time ?? '') &&
    /^[0-9a-f]{1,16}$/.test(hash ?? '') &&
    /^\d{1,7}$/.test(given ?? '') &&
    rest.length === 0;
  if (!wellFormed) {
    throw new Refusal(`cursor ${JSON.stringify(printed.slice(0, 80))} is not one that this API gave; ask without it`, {
      code: 'BAD_REQUEST',
    });
  }
  return { timeNs: BigInt(time ?? 0), hash: BigInt(`0x${hash}`), given: Number(given) };
}
