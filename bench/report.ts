/** What a section found: sentences and tables, printed as they come and written to results.md at the end. */
interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Finding {
  readonly title: string;
  readonly tables: readonly Table[];
  /** What the numbers do not say by themselves. */
  readonly notes: readonly string[];
}

export function printed({ title, tables, notes }: Finding): string {
  return [
    `## ${title}`,
    ...tables.map(tableText),
    ...(notes.length ? [notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}

function tableText({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function digits(value: number, places: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places });
}

export function milliseconds(value: number): string {
  return `${digits(value, value < 10 ? 1 : 0)} ms`;
}

export function megabytes(bytes: number): string {
  return `${digits(bytes / 1e6, 0)} MB`;
}
