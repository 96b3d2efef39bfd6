import { compareLabels, labelValue } from '#model';
import { naturalOrder } from '../naturalorder.ts';
import { FLOAT, type GridSeries, isInstant, type VectorValue } from '../values.ts';
import { type Call, type InstantFunction, stringArg, vectorArg } from './call.ts';

/** Orders that only an instant query shows: range answers are ordered by labels, which the annotation says. */
export const sortingFunctions: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ['sort', (call) => byValue(call, 1)],
  ['sort_desc', (call) => byValue(call, -1)],
  ['sort_by_label', (call) => byLabel(call, 1)],
  ['sort_by_label_desc', (call) => byLabel(call, -1)],
]);

function byValue(call: Call, direction: 1 | -1): VectorValue {
  warnInRange(call);
  const floats = vectorArg(call, 0).series.map(floatsOnly);
  if (!isInstant(call.grid)) return { kind: 'vector', series: floats };
  const own = (series: GridSeries): number => series.values[0] ?? 0;
  const series = floats
    .filter(({ present }) => present[0] === FLOAT)
    .sort((a, b) => compareNanLast(own(a), own(b), direction));
  return { kind: 'vector', series };
}

function floatsOnly(series: GridSeries): GridSeries {
  if (series.histograms === undefined) return series;
  const { labels, dropName, values } = series;
  return { labels, dropName, values, present: series.present.map((kind) => (kind === FLOAT ? FLOAT : 0)) };
}

function compareNanLast(a: number, b: number, direction: 1 | -1): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a === b ? 0 : a < b ? -direction : direction;
}

function byLabel(call: Call, direction: 1 | -1): VectorValue {
  warnInRange(call);
  const names = call.args.slice(1).map((_, index) => stringArg(call, index + 1));
  const compare = (a: GridSeries, b: GridSeries): number => {
    for (const name of names) {
      const order = naturalOrder(labelValue(a.labels, name), labelValue(b.labels, name));
      if (order !== 0) return direction * order;
    }
    return direction * compareLabels(a.labels, b.labels);
  };
  return { kind: 'vector', series: [...vectorArg(call, 0).series].sort(compare) };
}

function warnInRange({ ctx, grid, expr }: Call): void {
  if (!isInstant(grid)) ctx.notes.sortInRange(expr);
}
