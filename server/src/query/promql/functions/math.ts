import { FLOAT, type GridSeries, newSeries, type VectorValue } from '../values.ts';
import { type Call, type InstantFunction, scalarArg, vectorArg } from './call.ts';

/** Functions of one number. Histograms are left out. */
const unary: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  rad: (value) => (value * Math.PI) / 180,
  deg: (value) => (value * 180) / Math.PI,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
};

export const mathFunctions: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ...Object.entries(unary).map(
    ([name, apply]) => [name, (call: Call) => mapFloats(vectorArg(call, 0), apply)] as const,
  ),
  ['round', (call) => mapFloats(vectorArg(call, 0), rounder(call))],
  ['clamp', (call) => clamp(call, scalarArg(call, 1), scalarArg(call, 2))],
  ['clamp_min', (call) => clamp(call, scalarArg(call, 1), undefined)],
  ['clamp_max', (call) => clamp(call, undefined, scalarArg(call, 1))],
  ['max_of', (call) => eachStep(call, greater)],
  ['min_of', (call) => eachStep(call, lesser)],
]);

/** Applies a function to every float; the metric name goes. */
export function mapFloats(input: VectorValue, apply: (value: number, step: number) => number): VectorValue {
  return { kind: 'vector', series: input.series.map((series) => mapSeries(series, apply)) };
}

function mapSeries(series: GridSeries, apply: (value: number, step: number) => number): GridSeries {
  const { values, present, labels } = series;
  const out = newSeries(labels, values.length, true);
  for (let i = 0; i < values.length; i++) {
    if (present[i] !== FLOAT) continue;
    out.values[i] = apply(values[i] ?? 0, i);
    out.present[i] = FLOAT;
  }
  return out;
}

/** Rounds to a multiple; halves go up. The inverse is Prometheus' way to lose less precision. */
function rounder(call: Call): (value: number, step: number) => number {
  const nearest = call.args.length > 1 ? scalarArg(call, 1) : undefined;
  return (value, step) => {
    const inverse = 1 / (nearest?.[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  };
}

function clamp(call: Call, least: Float64Array | undefined, most: Float64Array | undefined): VectorValue {
  const series = vectorArg(call, 0).series.map(({ labels, values, present }) => {
    const out = newSeries(labels, values.length, true);
    for (let i = 0; i < values.length; i++) {
      const min = least?.[i] ?? Number.NEGATIVE_INFINITY;
      const max = most?.[i] ?? Number.POSITIVE_INFINITY;
      if (present[i] !== FLOAT || max < min) continue;
      out.values[i] = greater(min, lesser(max, values[i] ?? 0));
      out.present[i] = FLOAT;
    }
    return out;
  });
  return { kind: 'vector', series };
}

/** Go's way: nothing is greater than infinity, not even NaN. */
function greater(a: number, b: number): number {
  return a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.max(a, b);
}

function lesser(a: number, b: number): number {
  return a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Math.min(a, b);
}

function eachStep(call: Call, combine: (a: number, b: number) => number) {
  const [left, right] = [scalarArg(call, 0), scalarArg(call, 1)];
  return { kind: 'scalar' as const, values: left.map((value, step) => combine(value, right[step] ?? 0)) };
}
