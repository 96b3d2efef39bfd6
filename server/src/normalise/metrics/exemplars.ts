/** Exemplars: the requests behind the numbers. Kept with their trace; labels past OpenMetrics' 128 characters are dropped, and counted. */
import { labelsFrom, type SeriesRef } from '#model';
import { isSpanId, isTraceId } from '../ids.ts';
import { labelName } from '../names.ts';
import type { Tally } from '../tally.ts';
import { outsideWindow } from '../window.ts';
import type { WireExemplar } from '../wire.ts';
import type { Out } from './out.ts';

const exemplarsPerPointMax = 100;

export function addExemplars(
  exemplars: readonly WireExemplar[],
  pointMs: number,
  refOf: (value: number) => SeriesRef,
  tally: Tally,
  out: Out,
): void {
  const kept = Math.min(exemplars.length, exemplarsPerPointMax);
  for (let i = 0; i < kept; i++) addExemplar(exemplars[i] as WireExemplar, pointMs, refOf, tally, out);
  if (exemplars.length > kept) {
    drop(
      tally,
      'too_many_exemplars',
      exemplars.length - kept,
      `a point has ${exemplars.length} exemplars, at most ${exemplarsPerPointMax} are kept; send fewer`,
    );
  }
}

function addExemplar(
  exemplar: WireExemplar,
  pointMs: number,
  refOf: (value: number) => SeriesRef,
  tally: Tally,
  out: Out,
): void {
  const timeMs = exemplar.timeMs === 0 ? pointMs : exemplar.timeMs;
  if (outsideWindow(timeMs, out.window)) {
    drop(tally, 'exemplar_outside_window', 1, `an exemplar is of ${timeMs} ms, outside the retention; check its clock`);
    return;
  }
  const traceId = isTraceId(exemplar.traceId) ? exemplar.traceId : '';
  const spanId = isSpanId(exemplar.spanId) ? exemplar.spanId : '';
  const { keys, values } = exemplar.attributes;
  let chars = traceId.length + spanId.length;
  for (let i = 0; i < keys.length; i++) chars += (keys[i] ?? '').length + (values[i] ?? '').length;
  const fits = chars <= out.limits.exemplarLabelsCharsMax;
  if (!fits) {
    drop(
      tally,
      'exemplar_labels_too_long',
      1,
      `an exemplar's labels have ${chars} characters, limits.receive.exemplarLabelsCharsMax is ${out.limits.exemplarLabelsCharsMax}; it is kept without them`,
    );
  }
  const pairs = fits ? keys.map((key, i): [string, string] => [labelName(key), values[i] ?? '']) : [];
  out.exemplars.push({
    ref: refOf(exemplar.value),
    timeMs,
    value: exemplar.value,
    traceId,
    spanId,
    labels: labelsFrom(pairs.filter(([name]) => name !== '')),
  });
}

function drop(tally: Tally, reason: string, count: number, example: string): void {
  tally.receive(count);
  tally.reject(reason, count, () => example);
}
