/** Limits on what one record may carry. A record past them is refused by name: cutting it would be a quiet lie. */
import type { Attributes, Limits } from '#model';
import { excerpt, type Tally } from './tally.ts';

type ReceiveLimits = Limits['receive'];

/** Refuses the record in the tally and returns true when its attributes are too many or too long. */
export function attributesRefused(
  attributes: Attributes,
  limits: ReceiveLimits,
  tally: Tally,
  what: () => string,
): boolean {
  const { keys, values } = attributes;
  if (keys.length > limits.attributesMax) {
    tally.reject(
      'too_many_attributes',
      1,
      () =>
        `${what()} has ${keys.length} attributes, limits.receive.attributesMax is ${limits.attributesMax}; send fewer`,
    );
    return true;
  }
  for (let i = 0; i < values.length; i++) {
    const key = keys[i] ?? '';
    const length = (values[i] ?? '').length;
    if (length + key.length <= limits.attributeBytesMax / 3) continue;
    const bytes = Buffer.byteLength(values[i] ?? '') + Buffer.byteLength(key);
    if (bytes <= limits.attributeBytesMax) continue;
    tally.reject(
      'attribute_too_long',
      1,
      () =>
        `attribute ${excerpt(key)} of ${what()} is ${bytes} bytes, limits.receive.attributeBytesMax is ${limits.attributeBytesMax}; shorten it at the source`,
    );
    return true;
  }
  return false;
}
