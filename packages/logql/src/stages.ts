import type {
  Conversion,
  Extraction,
  LabelChoice,
  LabelFilter,
  LabelFormat,
  LineFilterOp,
  LineFilterOperand,
  LineFilterStage,
  Span,
  Stage,
  Unwrap,
} from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseIpCall, parseLabelFilter } from './labelfilters.ts';
import { parseLinePattern } from './linepattern.ts';
import { parseMatcherRest } from './matchers.ts';

const lineFilterOps = ['|=', '!=', '|~', '!~', '|>', '!>'];

/** Reads stages up to whatever is none. `| unwrap` ends them: it belongs to the range around them. */
export function parseStages(cursor: Cursor): Stage[] {
  const stages: Stage[] = [];
  for (;;) {
    if (cursor.is(...lineFilterOps)) stages.push(parseLineFilter(cursor));
    else if (cursor.is('|') && cursor.peekKind() !== 'unwrap') stages.push(parsePipedStage(cursor));
    else return stages;
  }
}

function parseLineFilter(cursor: Cursor): LineFilterStage {
  const { start, kind } = cursor.take();
  const operands = [parseLineOperand(cursor)];
  while (cursor.accept('or')) operands.push(parseLineOperand(cursor));
  return { kind: 'line', op: kind as LineFilterOp, operands, start, end: cursor.lastEnd };
}

function parseLineOperand(cursor: Cursor): LineFilterOperand {
  if (cursor.is('ip')) return { kind: 'ip', value: parseIpCall(cursor) };
  return { kind: 'text', value: cursor.expect('STRING', ['STRING', 'ip']).text };
}

type Unplaced<T> = T extends Stage ? Omit<T, keyof Span> : never;

function parsePipedStage(cursor: Cursor): Stage {
  const { start } = cursor.expect('|');
  const stage = parseStageBody(cursor);
  return { ...stage, start, end: cursor.lastEnd };
}

function parseStageBody(cursor: Cursor): Unplaced<Stage> {
  const { kind } = cursor.token;
  switch (kind) {
    case 'json':
      cursor.take();
      return { kind, extractions: parseExtractions(cursor) };
    case 'logfmt':
      cursor.take();
      return parseLogfmt(cursor);
    case 'regexp':
      cursor.take();
      return { kind, pattern: parseRegexp(cursor) };
    case 'pattern':
      cursor.take();
      return { kind, pattern: parsePattern(cursor) };
    case 'unpack':
    case 'decolorize':
      cursor.take();
      return { kind };
    case 'line_format':
      cursor.take();
      return { kind, template: cursor.expect('STRING').text };
    case 'label_format':
      cursor.take();
      return { kind, formats: parseLabelFormats(cursor) };
    case 'drop':
    case 'keep':
      cursor.take();
      return { kind, labels: parseChoices(cursor) };
    case 'IDENTIFIER':
    case '(':
      return { kind: 'filter', filter: parseLabelFilter(cursor) };
    default:
      return cursor.unexpected();
  }
}

function parseLogfmt(cursor: Cursor): Unplaced<Stage> {
  const flags = new Set<string>();
  while (cursor.is('PARSER_FLAG')) flags.add(cursor.take().text);
  return {
    kind: 'logfmt',
    extractions: parseExtractions(cursor),
    strict: flags.has('--strict'),
    keepEmpty: flags.has('--keep-empty'),
  };
}

function parseExtractions(cursor: Cursor): Extraction[] {
  if (!cursor.is('IDENTIFIER')) return [];
  return parseList(cursor, () => {
    const name = cursor.expect('IDENTIFIER').text;
    return { name, path: cursor.accept('=') ? cursor.expect('STRING').text : name };
  });
}

function parseRegexp(cursor: Cursor): string {
  const literal = cursor.expect('STRING');
  const names = [...literal.text.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)].map(([, name = '']) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  const problem =
    twice === undefined
      ? cursor.options.patterns?.problemOf(literal.text)
      : `duplicate extracted label name '${twice}'`;
  const missing = names.length === 0 ? 'at least one named capture must be supplied' : undefined;
  if (problem !== undefined || missing !== undefined) {
    cursor.report(`invalid regexp parser: ${problem ?? missing}`, literal);
  }
  return literal.text;
}

function parsePattern(cursor: Cursor): string {
  const literal = cursor.expect('STRING');
  const read = parseLinePattern(literal.text);
  if ('problem' in read) cursor.report(`invalid pattern parser: ${read.problem}`, literal);
  return literal.text;
}

function parseLabelFormats(cursor: Cursor): LabelFormat[] {
  return parseList(cursor, () => {
    const to = cursor.expect('IDENTIFIER').text;
    cursor.expect('=');
    if (cursor.is('STRING')) return { kind: 'template', to, template: cursor.take().text };
    return { kind: 'rename', to, from: cursor.expect('IDENTIFIER', ['IDENTIFIER', 'STRING']).text };
  });
}

function parseChoices(cursor: Cursor): LabelChoice[] {
  return parseList(cursor, () => {
    const name = cursor.expect('IDENTIFIER').text;
    if (!cursor.is('=', '!=', '=~', '!~') || isLineFilter(cursor)) return { kind: 'name', name };
    return { kind: 'match', matcher: parseMatcherRest(cursor, name) };
  });
}

/** `| drop a !~ ip(…)` can only be a line filter; `| drop a != "x"` is a matcher, as Loki reads it. */
function isLineFilter(cursor: Cursor): boolean {
  return cursor.is('!=', '!~') && cursor.peekKind() === 'ip';
}

function parseList<T>(cursor: Cursor, parseItem: () => T): T[] {
  const items = [parseItem()];
  while (cursor.accept(',')) items.push(parseItem());
  return items;
}

const conversions: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['BYTES_CONV', 'bytes'],
  ['DURATION_CONV', 'duration'],
  ['DURATION_SECONDS_CONV', 'duration_seconds'],
]);

/** Reads `| unwrap duration(x) | __error__=""` if it stands here. */
export function parseUnwrap(cursor: Cursor): Unwrap | undefined {
  if (!cursor.is('|') || cursor.peekKind() !== 'unwrap') return undefined;
  const { start } = cursor.take();
  cursor.take();
  const conversion = conversions.get(cursor.token.kind);
  const name = conversion === undefined ? parseUnwrapName(cursor) : parseConverted(cursor);
  const filters: LabelFilter[] = [];
  while (cursor.accept('|')) filters.push(parseLabelFilter(cursor));
  return { name, conversion, filters, start, end: cursor.lastEnd };
}

function parseUnwrapName(cursor: Cursor): string {
  return cursor.expect('IDENTIFIER', ['IDENTIFIER', ...conversions.keys()]).text;
}

function parseConverted(cursor: Cursor): string {
  cursor.take();
  cursor.expect('(');
  const name = cursor.expect('IDENTIFIER').text;
  cursor.expect(')');
  return name;
}
