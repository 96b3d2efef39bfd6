/** A label block → a label set. Only for series not seen before, so exactness matters more than speed. */

import type { ProtoCursor } from '#kit';
import { type Labels, type Limits, labelsFrom, Refusal } from '#model';
import { excerpt, type LabelFault, labelsFault } from '#normalise';
import { readLabelPair } from '../labelpair.ts';

/** Name and value by turns, in arrival order. Refuses malformed protobuf and invalid UTF-8. */
export function readLabels(cursor: ProtoCursor, end: number): string[] {
  const pairs: string[] = [];
  while (cursor.at < end) {
    const tag = cursor.varint(end);
    if (tag === 0x0a) readLabelPair(cursor, cursor.message(end), pairs);
    else cursor.skip(tag, end);
  }
  return pairs;
}

/**
 * The label set, or the rule it breaks. Senders must sort labels, and vmagent does not: order is put right here.
 * An empty value means that the label is absent, as everywhere in Prometheus.
 */
export function labelSetOf(pairs: readonly string[], limits: Limits['receive']): Labels | LabelFault {
  const names = new Set<string>();
  const entries: [string, string][] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i] ?? '';
    if (name === '') return fault('empty_label_name', 'a series has a label without a name; name it or drop it');
    if (names.has(name)) {
      return fault('duplicate_label', `a series has label ${excerpt(name)} twice; send each label once`);
    }
    names.add(name);
    entries.push([name, pairs[i + 1] ?? '']);
  }
  const labels = labelsFrom(entries);
  if (!entries.some(([name, value]) => name === '__name__' && value !== '')) {
    return fault(
      'missing_name',
      `series ${excerpt(labels.slice(0, 6).join(' '))} has no __name__; every series needs one`,
    );
  }
  return labelsFault(labels, limits) ?? labels;
}

function fault(reason: string, example: string): LabelFault {
  return { reason, example };
}

export function isInvalidText(error: unknown): error is Refusal {
  return error instanceof Refusal && error.message.includes('UTF-8');
}
