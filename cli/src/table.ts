/** Columns as wide as they need to be; a table that is piped elsewhere is CSV. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), name.length));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}

export function csv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map(csvRow).join('');
}

export const csvRow = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\n`;

/** RFC 4180; a cell that a spreadsheet would run as a formula is kept from it by a quote. */
function cell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

const bars = '▁▂▃▄▅▆▇█';

/** One bar a value, from the least to the most; a gap where there is none. */
export function sparkline(values: readonly number[], width = 40): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return '';
  const least = finite.reduce((a, b) => Math.min(a, b));
  const spread = finite.reduce((a, b) => Math.max(a, b)) - least;
  const every = Math.max(1, values.length / width);
  let line = '';
  for (let at = 0; at < values.length; at += every) {
    const value = values[Math.floor(at)] ?? Number.NaN;
    const height = spread === 0 ? 0 : Math.round(((value - least) / spread) * (bars.length - 1));
    line += Number.isFinite(value) ? bars[height] : ' ';
  }
  return line;
}

/** Control characters in what a sender wrote must not reach the terminal as commands. Keeps tabs and ends of lines. */
export function inert(text: string, { oneLine = false } = {}): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  const pattern = oneLine ? /[\u0000-\u001f\u007f-\u009f]/g : /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
  return text.replaceAll(pattern, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** JSON escapes what is below a space; terminals obey some of what is above, too. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
