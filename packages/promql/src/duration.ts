/** Prometheus durations: `1w2d3h`, units from large to small, each at most once, `0` without a unit. */

const units: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Go's time.Duration ends here. */
const msMax = 9_223_372_036_854;

/** Milliseconds, or undefined when the text is no duration or does not fit Go's. */
export function parseDurationMs(text: string): number | undefined {
  const read = readDuration(text);
  return typeof read === 'number' ? read : undefined;
}

/** Why a text is no duration, as Prometheus says it. */
export function durationProblem(text: string): string {
  const read = readDuration(text);
  return typeof read === 'number' ? 'duration out of range' : read.problem;
}

function readDuration(text: string): number | { readonly problem: string } {
  if (text === '') return { problem: 'empty duration string' };
  if (text === '0') return 0;
  const invalid = { problem: `not a valid duration string: "${text}"` };
  if (!/^(\d+\D+)+$/.test(text)) return invalid;
  let ms = 0;
  let place = -1;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(\D+)/g)) {
    const next = units.findIndex(([name]) => name === unit);
    if (next < 0) return { problem: `unknown unit "${unit}" in duration "${text}"` };
    if (next <= place) return invalid;
    place = next;
    ms += Number(count) * (units[next]?.[1] ?? 0);
  }
  return ms > msMax ? { problem: 'duration out of range' } : ms;
}

/** The shortest usual form: `5m`, `1h30m`, `90d`; years and weeks only when they divide evenly. */
export function printDurationMs(ms: number): string {
  let rest = Math.trunc(Math.abs(ms));
  if (rest === 0) return '0s';
  let text = ms < 0 ? '-' : '';
  for (const [unit, unitMs] of units) {
    if ((unit === 'y' || unit === 'w') && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}
