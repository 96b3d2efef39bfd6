/** What fields lines carry: their structured metadata, and what stands in them as JSON or logfmt. Pure. */
import { type Labels, labelName, labelPairs } from '#model';

type FieldType = 'string' | 'int' | 'float' | 'boolean' | 'duration' | 'bytes';

export interface DetectedField {
  readonly label: string;
  readonly type: FieldType;
  readonly values: ReadonlySet<string>;
  /** How the field is had from the line; empty for structured metadata. */
  readonly parsers: readonly ('json' | 'logfmt')[];
  /** The way to it in JSON. */
  readonly jsonPath: readonly string[];
}

export interface FieldSource {
  readonly line: string;
  readonly metadata: Labels;
  /** What the query's own parsers made. */
  readonly parsed: Labels;
}

interface Growing {
  readonly label: string;
  type: FieldType | undefined;
  readonly values: Set<string>;
  readonly parsers: Set<'json' | 'logfmt'>;
  jsonPath: readonly string[];
}

const fieldsMax = 1_000;
const valuesPerFieldMax = 1_000;

/** By name. Labels of the stream are no fields. */
export function fieldsOf(sources: Iterable<FieldSource>): DetectedField[] {
  const fields = new Map<string, Growing>();
  const note = (label: string, value: string, from?: { parser: 'json' | 'logfmt'; jsonPath?: readonly string[] }) => {
    if (label === '' || value === '' || label.startsWith('__error')) return;
    let field = fields.get(label);
    if (field === undefined) {
      if (fields.size >= fieldsMax) return;
      field = { label, type: undefined, values: new Set(), parsers: new Set(), jsonPath: from?.jsonPath ?? [] };
      fields.set(label, field);
    }
    if (from !== undefined) field.parsers.add(from.parser);
    const type = typeOf(value);
    field.type = field.type === undefined || field.type === type ? type : widened(field.type, type);
    if (field.values.size < valuesPerFieldMax) field.values.add(value);
  };
  for (const { line, metadata, parsed } of sources) {
    for (const [name, value] of labelPairs(metadata)) note(name, value);
    const isJson = line.trimStart().startsWith('{');
    for (const [name, value] of labelPairs(parsed)) note(name, value, { parser: isJson ? 'json' : 'logfmt' });
    if (parsed.length > 0) continue;
    if (isJson)
      for (const { path, value } of jsonFields(line)) note(nameOf(path), value, { parser: 'json', jsonPath: path });
    else for (const [key, value] of logfmtFields(line)) note(labelName(key), value, { parser: 'logfmt' });
  }
  return [...fields.values()]
    .map((field) => ({ ...field, type: field.type ?? 'string', parsers: [...field.parsers] }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Of values of two types: numbers stay numbers, anything else is text. */
function widened(a: FieldType, b: FieldType): FieldType {
  const numbers: readonly FieldType[] = ['int', 'float'];
  return numbers.includes(a) && numbers.includes(b) ? 'float' : 'string';
}

const goDuration = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/;
const byteSize = /^\d+(\.\d+)? ?([kmgtpe]i?)?b$/i;

function typeOf(value: string): FieldType {
  if (/^[+-]?\d{1,19}$/.test(value)) return 'int';
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return 'float';
  if (/^(true|false)$/i.test(value)) return 'boolean';
  if (goDuration.test(value)) return 'duration';
  if (byteSize.test(value)) return 'bytes';
  return 'string';
}

const nameOf = (path: readonly string[]): string => labelName(path.join('_'));

const depthMax = 16;

function jsonFields(line: string): { path: string[]; value: string }[] {
  const found: { path: string[]; value: string }[] = [];
  walk(parsedJson(line), [], found);
  return found;
}

function walk(value: unknown, path: readonly string[], found: { path: string[]; value: string }[]): void {
  if (value === null || path.length > depthMax || Array.isArray(value)) return;
  if (typeof value !== 'object') {
    if (path.length > 0 && value !== undefined) found.push({ path: [...path], value: String(value) });
    return;
  }
  for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], found);
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // A line that only begins like JSON has no fields.
    return undefined;
  }
}

function logfmtFields(line: string): [key: string, value: string][] {
  const pairs = line.matchAll(/(?<=^|\s)([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/g);
  return Array.from(pairs, ([, key = '', quoted, plain]) => [key, quoted ?? plain ?? '']);
}
