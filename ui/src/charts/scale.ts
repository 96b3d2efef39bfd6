/** Axes a person can read: round steps, few lines, units respected. Pure. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

export type Unit = 'ms' | 'share' | 'rate' | 'bytes' | 'count' | 'plain' | 'seconds';

/** A scale from zero (or below, when values are) to a round number above `max`, with about `lines` steps. */
export function linearScale(options: { min: number; max: number; unit: Unit; lines: number }): Scale {
  const { unit, lines } = options;
  const low = Math.min(0, options.min);
  const high = options.max > low ? options.max : low + (unit === 'share' ? 0.01 : 1);
  const step = roundStep((high - low) / lines, unit === 'bytes' ? 1_024 : 10, unit);
  const first = Math.floor(low / step) * step;
  const last = Math.ceil((high * 1.02) / step) * step;
  const top = unit === 'share' && low >= 0 ? Math.min(last, Math.max(1, options.max)) : last;
  const ticks: number[] = [];
  for (let tick = first; tick <= top + step / 1e6; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return { min: first, max: top, ticks };
}

/** Decades, for durations from microseconds to minutes on one chart. */
export function logScale(options: { min: number; max: number }): Scale {
  const low = Math.floor(Math.log10(Math.max(options.min, 1e-6)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(options.max, 1e-6))));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return { min: 10 ** low, max: 10 ** high, ticks };
}

/** Where a value sits on the scale: 0 at the bottom, 1 at the top, clamped. */
export function placeOf(value: number, scale: Scale, kind: 'linear' | 'log'): number {
  const share =
    kind === 'log'
      ? (Math.log10(Math.max(value, scale.min)) - Math.log10(scale.min)) /
        (Math.log10(scale.max) - Math.log10(scale.min))
      : (value - scale.min) / (scale.max - scale.min);
  return Math.min(1, Math.max(0, share));
}

const timeSteps = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000,
];

/** Times on the clock's own round marks, in the reader's zone, about `count` of them. */
export function timeTicks(options: { startMs: number; endMs: number; count: number }): {
  stepMs: number;
  ticks: readonly number[];
} {
  const { startMs, endMs, count } = options;
  const wanted = (endMs - startMs) / Math.max(1, count);
  const stepMs = timeSteps.find((step) => step >= wanted) ?? 2_592_000_000;
  const zoneMs = -new Date(startMs).getTimezoneOffset() * 60_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil((startMs + zoneMs) / stepMs) * stepMs - zoneMs; tick <= endMs; tick += stepMs)
    ticks.push(tick);
  return { stepMs, ticks };
}

function roundStep(rough: number, base: 10 | 1_024, unit: Unit): number {
  if (!(rough > 0)) return 1;
  const unitSize = base ** Math.floor(Math.log(rough) / Math.log(base));
  const choices = base === 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10, 20, 50, 100, 200, 256, 512, 1_024];
  // Half a request, or a quarter of a percent, is not a thing to put on an axis.
  const whole = (unit === 'count' && rough < 10) || (unit === 'share' && rough < 0.01);
  const step =
    unitSize * (choices.find((choice) => choice * unitSize >= rough * 0.999 && !(whole && choice === 2.5)) ?? base);
  return Math.max(step, unit === 'count' ? 1 : unit === 'share' ? 0.001 : 0);
}
