/**
 * Query parameters, put into the text as safely typed literals. chDB can bind parameters itself, but one query at a time
 * in the whole process; so the engine does what ClickHouse's ReplaceQueryParameterVisitor does: a String becomes a string
 * literal, an Identifier a quoted identifier, everything else `_CAST('text', 'Type')`. Values arrive escaped as in
 * TabSeparated, as `param_name` of the HTTP interface.
 */
import { failure } from './failure.ts';
import { type Token, tokensOf, unescapeText } from './sqltokens.ts';

export type Parameters = ReadonlyMap<string, string>;

/** The text with every `{name:Type}` outside of strings, comments and quoted identifiers replaced by its value. */
export function bindParameters(text: string, parameters: Parameters): string {
  if (!text.includes('{')) return text;
  const tokens = [...tokensOf(text)];
  let bound = '';
  for (let i = 0; i < tokens.length; ) {
    const placeholder = placeholderAt(text, tokens, i);
    if (placeholder) bound += literalOf(placeholder, parameters);
    else bound += textOf(text, tokens[i]);
    i = placeholder?.next ?? i + 1;
  }
  return bound;
}

interface Placeholder {
  readonly name: string;
  readonly type: string;
  /** Index of the first token behind it. */
  readonly next: number;
}

function placeholderAt(text: string, tokens: readonly Token[], at: number): Placeholder | undefined {
  if (textOf(text, tokens[at]) !== '{') return undefined;
  const name = skipSpace(tokens, at + 1);
  const colon = skipSpace(tokens, name + 1);
  if (tokens[name]?.kind !== 'word' || textOf(text, tokens[colon]) !== ':') return undefined;
  let end = colon + 1;
  while (end < tokens.length && textOf(text, tokens[end]) !== '}') end++;
  const [first, last] = [tokens[colon], tokens[end]];
  if (!first || !last) throw failure('SYNTAX_ERROR', 'Syntax error: a query parameter lacks its closing brace');
  return { name: textOf(text, tokens[name]), type: text.slice(first.end, last.start).trim(), next: end + 1 };
}

function textOf(text: string, token: Token | undefined): string {
  return token ? text.slice(token.start, token.end) : '';
}

function skipSpace(tokens: readonly Token[], at: number): number {
  let next = at;
  while (tokens[next]?.kind === 'space' || tokens[next]?.kind === 'comment') next++;
  return next;
}

// The alphabet of ClickHouse types: Map(LowCardinality(String), Array(Nullable(DateTime64(3, 'UTC')))), Enum8('a' = 1).
const typeText = /^[A-Za-z][A-Za-z0-9_]*(?:\s*\((?:[A-Za-z0-9_(),=\s+\-/.]|'(?:[A-Za-z0-9_+\-/: ]|\\\\)*')*\))?$/;
const containerType = /^(?:Array|Map|Tuple|Nested|Variant|Dynamic|JSON)\b/;
const integerType = /^U?Int(?:8|16|32|64|128|256)$/;
const floatType = /^(?:Float(?:32|64)|BFloat16)$/;

function literalOf({ name, type }: Placeholder, parameters: Parameters): string {
  const raw = parameters.get(name);
  if (raw === undefined) throw failure('UNKNOWN_QUERY_PARAMETER', `Substitution \`${name}\` is not set`);
  if (!typeText.test(type)) throw failure('BAD_ARGUMENTS', `\`${type}\` is not a type a query parameter can have`);
  if (/\bMap\(/.test(type)) return mapLiteral(raw, { name, type });
  if (containerType.test(type)) return cast(raw, type);
  if (raw === '\\N' && /^(?:LowCardinality\(\s*)?Nullable\(/.test(type)) return `_CAST(NULL, ${stringLiteral(type)})`;
  const value = unescapeTabSeparated(raw, { name, type });
  if (type === 'String') return stringLiteral(value);
  if (type === 'Identifier') return identifierLiteral(value, name);
  if (integerType.test(type) && !(type.startsWith('U') ? /^[0-9]+$/ : /^-?[0-9]+$/).test(value))
    throw unparsable(raw, { name, type });
  if (floatType.test(type) && !floatText.test(value)) throw unparsable(raw, { name, type });
  return cast(value, type);
}

const floatText = /^[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|nan|inf|infinity)$/i;

function cast(value: string, type: string): string {
  return `_CAST(${stringLiteral(value)}, ${stringLiteral(type)})`;
}

/** Text cannot be cast to a Map, so `{'key': value}` becomes `map('key', value)`; nothing but literals may stand in it. */
function mapLiteral(raw: string, of: { name: string; type: string }): string {
  if (!isBalanced(raw)) throw unparsable(raw, of);
  let literal = '';
  for (const token of tokensOf(raw)) {
    const text = textOf(raw, token);
    const inner = token.kind === 'mark' ? mapMarks[text] : text;
    if (inner === undefined || (token.kind === 'word' && !/^(?:null|true|false|nan|inf)$/i.test(text))) {
      throw unparsable(raw, of);
    }
    if (token.kind === 'comment' || token.kind === 'other' || token.kind === 'quoted') throw unparsable(raw, of);
    literal += inner;
  }
  return `_CAST(${literal}, ${stringLiteral(of.type)})`;
}

const mapMarks: Record<string, string> = {
  ...{ '{': 'map(', '}': ')', ':': ',', '+': '' },
  ...{ '[': '[', ']': ']', '(': '(', ')': ')', ',': ',', '-': '-' },
};

function isBalanced(text: string): boolean {
  const open: string[] = [];
  const closes: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
  for (const token of tokensOf(text)) {
    const mark = textOf(text, token);
    if (token.kind !== 'mark') continue;
    if ('([{'.includes(mark)) open.push(mark);
    else if (closes[mark] && open.pop() !== closes[mark]) return false;
  }
  return open.length === 0;
}

/** A ClickHouse string literal for any text, NUL and quotes included. */
export function stringLiteral(value: string): string {
  return `'${value.replace(/['\\\0]/g, (char) => (char === '\0' ? '\\0' : `\\${char}`))}'`;
}

function identifierLiteral(value: string, name: string): string {
  if (value === '') throw failure('BAD_QUERY_PARAMETER', `Query parameter \`${name}\` is an empty identifier`);
  return `\`${value.replace(/[`\\\0]/g, (char) => (char === '\0' ? '\\0' : `\\${char}`))}\``;
}

/** A raw tab or line feed ends a TabSeparated value, so what stands behind one was not parsed: refused as ClickHouse does. */
function unescapeTabSeparated(raw: string, of: { name: string; type: string }): string {
  if (/[\t\n]/.test(raw) || /(?:^|[^\\])(?:\\\\)*\\$/.test(raw)) throw unparsable(raw, of);
  return unescapeText(raw);
}

function unparsable(raw: string, { name, type }: { name: string; type: string }): Error {
  const shown = raw.length > 100 ? `${raw.slice(0, 100)}…` : raw;
  return failure('BAD_QUERY_PARAMETER', `Value ${shown} cannot be parsed as ${type} for query parameter '${name}'`);
}
