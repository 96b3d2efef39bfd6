/** Dashboards and rules ask the same questions again and again: a text that was read is not read again for a while. */

const textsMax = 1_000;
/** Longer texts are read each time. */
const textCharsMax = 4_000;

/** As `read`, whose results must never be changed. The texts that were asked for last are remembered. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  /** The one that was asked for last stands last. */
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > textCharsMax) return read(text);
    const result = known.get(text) ?? read(text);
    known.delete(text);
    known.set(text, result);
    if (known.size > textsMax) known.delete(known.keys().next().value as string);
    return result;
  };
}
