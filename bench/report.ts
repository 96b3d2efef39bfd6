/** What a section found: goals met or not, sentences and tables; as text here, kept and put together by results.ts. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Stands on the closed lid of a long table. */
  readonly lid?: string;
}

/** Something the requirements ask for, beside what was measured. */
export interface Goal {
  readonly what: string;
  readonly asked: string;
  readonly measured: string;
  readonly met: boolean;
}

interface Picture {
  /** Of the file, without `.svg`. */
  readonly name: string;
  readonly words: string;
  readonly svg: string;
}

export interface Finding {
  readonly title: string;
  readonly goals?: readonly Goal[];
  readonly tables: readonly Table[];
  readonly pictures?: readonly Picture[];
  /** What the numbers do not say by themselves. */
  readonly notes: readonly string[];
}

/** The measured value, in words that `shown` finds for it and for the bound. */
export function atMost(what: string, measured: number, max: number, shown: (value: number) => string): Goal {
  return { what, asked: `≤ ${shown(max)}`, measured: shown(measured), met: measured <= max };
}

export function atLeast(what: string, measured: number, min: number, shown: (value: number) => string): Goal {
  return { what, asked: `≥ ${shown(min)}`, measured: shown(measured), met: measured >= min };
}

export function printed(finding: Finding): string {
  const { title, goals = [], tables, pictures = [], notes } = finding;
  return [
    `## ${title}`,
    ...(goals.length ? [tableText(goalTable(goals))] : []),
    ...pictures.map(({ name, words }) => `![${words}](results/${name}.svg)`),
    ...tables.map(lidded),
    ...(notes.length ? [notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}

function goalTable(goals: readonly Goal[]): Table {
  return {
    head: ['goal', 'asked', 'measured', 'met'],
    rows: goals.map(({ what, asked, measured, met }) => [what, asked, measured, met ? 'yes' : '**no**']),
  };
}

function lidded(table: Table): string {
  const text = tableText(table);
  return table.lid ? `<details><summary>${table.lid}</summary>\n\n${text}\n\n</details>` : text;
}

export function tableText({ head, rows }: Table): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** In a table's cell, where a bar would end it. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
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

/** Of our time by another's. */
export function ratio(value: number): string {
  return digits(value, 2);
}

export function cores(value: number): string {
  return `${digits(value, 2)} cores`;
}
