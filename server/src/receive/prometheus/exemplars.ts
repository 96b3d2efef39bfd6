/** Exemplars: read as remote write 1 has them, judged alike for both versions. */

import type { ProtoCursor } from '#kit';
import { type ExemplarRow, type Limits, labelsFrom, type SeriesRef } from '#model';
import { isSpanId, isTraceId, outsideWindow, type Tally, type Window } from '#normalise';
import { readLabelPair } from '../labelpair.ts';

export interface ReadExemplar {
  readonly pairs: readonly string[];
  readonly value: number;
  readonly timeMs: number;
}

export function readExemplar(cursor: ProtoCursor, end: number): ReadExemplar {
  const pairs: string[] = [];
  let value = 0;
  let timeMs = 0;
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) readLabelPair(cursor, cursor.message(end), pairs);
    else if (tag === 0x11) value = cursor.double(end);
    else if (tag === 0x18) timeMs = cursor.int64(end);
    else cursor.skip(tag, end);
  }
  return { pairs, value, timeMs };
}

/** The row, or undefined with the reason in the tally. An exemplar without a time has that of its sample. */
export function exemplarRow(
  { pairs, value, timeMs }: ReadExemplar,
  at: {
    readonly ref: SeriesRef;
    readonly sampleMs: number;
    readonly window: Window;
    readonly limits: Limits['receive'];
  },
  tally: Tally,
): ExemplarRow | undefined {
  const when = timeMs === 0 ? at.sampleMs : timeMs;
  if (outsideWindow(when, at.window)) {
    tally.reject(
      'exemplar_outside_window',
      1,
      () => `an exemplar is of ${when} ms, outside the retention; check its clock`,
    );
    return undefined;
  }
  let chars = 0;
  let traceId = '';
  let spanId = '';
  const others: [string, string][] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] ?? '';
    const text = pairs[i + 1] ?? '';
    chars += name.length + text.length;
    if ((name === 'trace_id' || name === 'traceID') && isTraceId(text.toLowerCase())) traceId = text.toLowerCase();
    else if ((name === 'span_id' || name === 'spanID') && isSpanId(text.toLowerCase())) spanId = text.toLowerCase();
    else others.push([name, text]);
  }
  if (chars > at.limits.exemplarLabelsCharsMax) {
    tally.reject(
      'exemplar_labels_too_long',
      1,
      () =>
        `an exemplar's labels have ${chars} characters, limits.receive.exemplarLabelsCharsMax is ${at.limits.exemplarLabelsCharsMax}; shorten them`,
    );
    return undefined;
  }
  return { ref: at.ref, timeMs: when, value, traceId, spanId, labels: labelsFrom(others) };
}
