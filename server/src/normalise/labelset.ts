/** The rules every label set must keep, whichever protocol brought it. */
import type { Labels, Limits } from '#model';
import { excerpt } from './tally.ts';

export interface LabelFault {
  readonly reason: string;
  readonly example: string;
}

/** The first rule that `labels` (sorted, non-empty values) breaks, or undefined. */
export function labelsFault(labels: Labels, limits: Limits['receive']): LabelFault | undefined {
  const count = labels.length / 2;
  if (count > limits.labelsMax) {
    return {
      reason: 'too_many_labels',
      example: `series ${nameIn(labels)} has ${count} labels, limits.receive.labelsMax is ${limits.labelsMax}; drop labels at the source`,
    };
  }
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (name === '') {
      return {
        reason: 'empty_label_name',
        example: `series ${nameIn(labels)} has a label without a name; name it or drop it`,
      };
    }
    const nameBytes = byteLengthOver(name, limits.labelNameBytesMax);
    if (nameBytes > 0) {
      return {
        reason: 'label_name_too_long',
        example: `label name ${excerpt(name)} is ${nameBytes} bytes, limits.receive.labelNameBytesMax is ${limits.labelNameBytesMax}; shorten it`,
      };
    }
    const valueBytes = byteLengthOver(labels[i + 1] ?? '', limits.labelValueBytesMax);
    if (valueBytes > 0) {
      return {
        reason: 'label_value_too_long',
        example: `label ${excerpt(name)} is ${valueBytes} bytes long, limits.receive.labelValueBytesMax is ${limits.labelValueBytesMax}; shorten it or drop the label`,
      };
    }
  }
  return undefined;
}

/** The UTF-8 length when it is over `max`, else 0. Short texts are not measured. */
function byteLengthOver(text: string, max: number): number {
  if (text.length <= max / 3) return 0;
  const bytes = Buffer.byteLength(text);
  return bytes > max ? bytes : 0;
}

function nameIn(labels: Labels): string {
  const at = labels.indexOf('__name__');
  return excerpt(at >= 0 && at % 2 === 0 ? (labels[at + 1] ?? '') : '');
}
