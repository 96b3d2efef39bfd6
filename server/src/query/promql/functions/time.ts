import { FLOAT, type Grid, newSeries, type VectorValue } from '../values.ts';
import { type Call, type InstantFunction, scalarArg, vectorArg } from './call.ts';
import { mapFloats } from './math.ts';

export const timeFunctions: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ['time', ({ grid }) => ({ kind: 'scalar', values: secondsOf(grid) })],
  ['pi', ({ grid }) => ({ kind: 'scalar', values: new Float64Array(grid.steps).fill(Math.PI) })],
  ['vector', (call) => ({ kind: 'vector', series: [constantSeries(scalarArg(call, 0))] })],
  ['scalar', (call) => ({ kind: 'scalar', values: onlyFloats(vectorArg(call, 0), call.grid.steps) })],
  ['timestamp', evaluationTimes],
  ['minute', dateFunction((date) => date.getUTCMinutes())],
  ['hour', dateFunction((date) => date.getUTCHours())],
  ['day_of_week', dateFunction((date) => date.getUTCDay())],
  ['day_of_month', dateFunction((date) => date.getUTCDate())],
  ['day_of_year', dateFunction(dayOfYear)],
  [
    'days_in_month',
    dateFunction((date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()),
  ],
  ['month', dateFunction((date) => date.getUTCMonth() + 1)],
  ['year', dateFunction((date) => date.getUTCFullYear())],
]);

function secondsOf(grid: Grid): Float64Array {
  const seconds = new Float64Array(grid.steps);
  for (let i = 0; i < grid.steps; i++) seconds[i] = (grid.startMs + i * grid.stepMs) / 1000;
  return seconds;
}

function constantSeries(values: Float64Array) {
  return { ...newSeries([], values.length, false), values, present: new Uint8Array(values.length).fill(FLOAT) };
}

/** The one float of each step; NaN where there is none or more than one. */
function onlyFloats(input: VectorValue, steps: number): Float64Array {
  const values = new Float64Array(steps);
  const counts = new Uint8Array(steps);
  for (const series of input.series) {
    for (let i = 0; i < steps; i++) {
      if (series.present[i] !== FLOAT) continue;
      values[i] = series.values[i] ?? 0;
      counts[i] = Math.min((counts[i] ?? 0) + 1, 2);
    }
  }
  for (let i = 0; i < steps; i++) if (counts[i] !== 1) values[i] = Number.NaN;
  return values;
}

/** `timestamp()` of anything but a selector: the values are of the evaluation time. */
function evaluationTimes(call: Call): VectorValue {
  const seconds = secondsOf(call.grid);
  const series = vectorArg(call, 0).series.map(({ labels, present }) => {
    const out = newSeries(labels, seconds.length, true);
    for (let i = 0; i < seconds.length; i++) {
      if (present[i] === 0) continue;
      out.values[i] = seconds[i] ?? 0;
      out.present[i] = FLOAT;
    }
    return out;
  });
  return { kind: 'vector', series };
}

/** A function of the date, UTC; without an argument, of the evaluation time. */
function dateFunction(part: (date: Date) => number): InstantFunction {
  const ofSeconds = (seconds: number): number => part(new Date(Math.trunc(seconds) * 1000));
  return (call) => {
    if (call.args.length > 0) return mapFloats(vectorArg(call, 0), ofSeconds);
    return { kind: 'vector', series: [constantSeries(secondsOf(call.grid).map(ofSeconds))] };
  };
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}
