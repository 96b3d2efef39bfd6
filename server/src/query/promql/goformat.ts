/** Go's number formats, where Prometheus prints numbers into texts and labels. */

export { formatG } from '@farol/gotemplate';

/** Go's strconv.ParseFloat for label values such as `le`; undefined when the text is no number. */
export function parseFloatText(text: string): number | undefined {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const match = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (match === null) return undefined;
  if (match[2]?.toLowerCase() === 'nan') return Number.NaN;
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
