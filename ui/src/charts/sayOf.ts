import type { Format } from '../format/format.ts';
import type { Unit } from './scale.ts';

/** How a value of this unit is said. */
export function sayOf(unit: Unit, format: Format): (value: number) => string {
  switch (unit) {
    case 'ms':
      return format.durationMs;
    case 'seconds':
      return (seconds) => format.durationMs(seconds * 1_000);
    case 'share':
      return format.share;
    case 'rate':
      return format.rate;
    case 'bytes':
      return format.bytes;
    case 'count':
      return format.count;
    case 'plain':
      return format.plain;
  }
}
