import type { Chart } from '@farol/contract';
import type { TimeRange } from '../stored/index.ts';

/**
 * The asked range cut into even steps, and the range of equal length before it, to compare with. Step `i` is
 * `startMs + i × stepMs` until the next; steps of the range before have negative numbers, down to `-count`.
 */
export interface Steps {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly count: number;
}

export function stepsOf(range: TimeRange, stepsMax: number): Steps {
  const startMs = Math.floor(range.startMs);
  const endMs = Math.max(startMs + 1000, Math.ceil(range.endMs));
  const stepMs = Math.max(1000, Math.ceil((endMs - startMs) / stepsMax));
  return { startMs, endMs, stepMs, count: Math.ceil((endMs - startMs) / stepMs) };
}

function timesOf({ startMs, stepMs, count }: Steps): number[] {
  return Array.from({ length: count }, (_, i) => startMs + i * stepMs);
}

/** The whole range, in seconds, for rates. */
export const lengthSeconds = (steps: Steps): number => (steps.endMs - steps.startMs) / 1000;

export function chartOf(steps: Steps, lines: Readonly<Record<string, readonly (number | null)[]>>): Chart {
  return { timesMs: timesOf(steps), lines: Object.entries(lines).map(([name, values]) => ({ name, values })) };
}
