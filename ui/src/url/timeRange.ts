/** Time ranges as people write them, and as the server wants them: milliseconds since the epoch. */
export interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

export const rangeDefault = { from: 'now-15m', to: 'now' } as const;

/** The longest range a page will ask for; matches the longest default retention with room to spare. */
const rangeMsMax = 400 * 86_400_000;
export const rangeMsMin = 1_000;

export const presets = [
  'now-5m',
  'now-15m',
  'now-30m',
  'now-1h',
  'now-3h',
  'now-6h',
  'now-12h',
  'now-1d',
  'now-2d',
  'now-7d',
  'now-30d',
] as const;

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `now`, `now-90m`, milliseconds, or a date; undefined when it is none of them. */
export function parseInstant(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (trimmed === 'now') return nowMs;
  const relative = /^now-(\d{1,9})([smhdw])$/.exec(trimmed);
  if (relative) return nowMs - Number(relative[1]) * (unitMs[relative[2] ?? ''] ?? 0);
  if (/^\d{10}$/.test(trimmed)) return Number(trimmed) * 1_000;
  if (/^\d{11,15}$/.test(trimmed)) return Number(trimmed);
  return parseDate(trimmed);
}

export function resolveRange(asked: { from?: string; to?: string }, nowMs: number): Range {
  const endMs = parseInstant(asked.to ?? rangeDefault.to, nowMs) ?? nowMs;
  const startMs = parseInstant(asked.from ?? rangeDefault.from, nowMs) ?? endMs - 900_000;
  if (endMs - startMs < rangeMsMin) return { startMs: endMs - rangeMsMin, endMs };
  return { startMs: Math.max(startMs, endMs - rangeMsMax), endMs };
}

/** Whether the range moves with the clock. */
export function isLive(asked: { from?: string; to?: string }): boolean {
  return (asked.to ?? rangeDefault.to) === 'now';
}

/** Twice as long around the same middle, and never into the future. */
export function zoomOut(range: Range, nowMs: number): Range {
  const lengthMs = Math.min((range.endMs - range.startMs) * 2, rangeMsMax);
  const middleMs = (range.startMs + range.endMs) / 2;
  const endMs = Math.min(Math.round(middleMs + lengthMs / 2), Math.max(nowMs, range.endMs));
  return { startMs: Math.round(endMs - lengthMs), endMs };
}

/** `now-90m` → `{ count: 90, unit: 'm' }`, for the words on the button. */
export function relativeOf(from: string): { count: number; unit: 's' | 'm' | 'h' | 'd' | 'w' } | undefined {
  const relative = /^now-(\d{1,9})([smhdw])$/.exec(from);
  return relative ? { count: Number(relative[1]), unit: relative[2] as 's' } : undefined;
}

// Dates are read in the reader's own zone, as the page shows them.
function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?(Z)?$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', zulu] = match;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const ms = zulu ? Date.UTC(...parts) : new Date(...parts).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}
