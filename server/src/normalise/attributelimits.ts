/** Limits on what one record may carry. A record past them is refused by name: cutting it would be a quiet lie. */
import type { Attributes, Limits, Resource, Scope } from '#model';
import { excerpt, type Tally } from './tally.ts';

type ReceiveLimits = Limits['receive'];

interface Fault {
  readonly reason: string;
  readonly example: string;
}

/** Refuses the record in the tally and returns true when its attributes are too many or too long. */
export function attributesRefused(
  attributes: Attributes,
  limits: ReceiveLimits,
  tally: Tally,
  what: () => string,
): boolean {
  const fault = attributesFault(attributes, limits, what);
  if (fault) tally.reject(fault.reason, 1, () => fault.example);
  return fault !== undefined;
}

/** The same for a resource or a scope, whose attributes every one of its items would carry: refuses them all. */
export function originRefused(origin: Resource | Scope, items: number, limits: ReceiveLimits, tally: Tally): boolean {
  const fault = attributesFault(origin.attributes, limits, () => ('name' in origin ? 'a scope' : 'a resource'));
  if (fault && items > 0) tally.reject(fault.reason, items, () => fault.example);
  return fault !== undefined;
}

function attributesFault({ keys, values }: Attributes, limits: ReceiveLimits, what: () => string): Fault | undefined {
  if (keys.length > limits.attributesMax) {
    return {
      reason: 'too_many_attributes',
      example: `${what()} has ${keys.length} attributes, limits.receive.attributesMax is ${limits.attributesMax}; send fewer`,
    };
  }
  for (let i = 0; i < values.length; i++) {
    const key = keys[i] ?? '';
    const value = values[i] ?? '';
    if (key.length + value.length <= limits.attributeBytesMax / 3) continue;
    const bytes = Buffer.byteLength(value) + Buffer.byteLength(key);
    if (bytes <= limits.attributeBytesMax) continue;
    return {
      reason: 'attribute_too_long',
      example: `attribute ${excerpt(key)} of ${what()} is ${bytes} bytes, limits.receive.attributeBytesMax is ${limits.attributeBytesMax}; shorten it at the source`,
    };
  }
  return undefined;
}

/** Refuses a record one of whose short texts (name, status message, severity text …) is not short. */
export function textsRefused(
  texts: readonly string[],
  limits: ReceiveLimits,
  tally: Tally,
  what: () => string,
): boolean {
  for (const text of texts) {
    if (text.length <= limits.attributeBytesMax) continue;
    tally.reject(
      'text_too_long',
      1,
      () =>
        `${what()} has a text of ${text.length} characters (${excerpt(text)}), limits.receive.attributeBytesMax is ${limits.attributeBytesMax}; shorten it`,
    );
    return true;
  }
  return false;
}
