import { goQuote } from './quote.ts';

/** Tokens that stand for themselves are named by their text; the others by what they hold. */
export type TokenKind =
  | 'identifier'
  | 'metric'
  | 'number'
  | 'duration'
  | 'string'
  | 'eof'
  | 'error'
  | Punctuation
  | Operator
  | Keyword
  | Aggregator
  | Preprocessor;

type Punctuation = '(' | ')' | '{' | '}' | '[' | ']' | ',' | '=' | ':';
type Operator = (typeof operators)[number];
type Keyword = (typeof keywords)[number];
type Aggregator = (typeof aggregators)[number];
type Preprocessor = (typeof preprocessors)[number];

export interface Token {
  readonly kind: TokenKind;
  /** As written; for `error`, what is wrong. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export const operators = [
  ...(['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '<', '>', '<=', '>=', '</', '>/'] as const),
  ...(['and', 'or', 'unless', '=~', '!~', '@'] as const),
] as const;

export const aggregators = [
  ...(['avg', 'bottomk', 'count', 'count_values', 'group', 'max', 'min', 'quantile', 'stddev', 'stdvar'] as const),
  ...(['sum', 'topk', 'limitk', 'limit_ratio'] as const),
] as const;

export const keywords = [
  ...(['bool', 'by', 'group_left', 'group_right', 'fill', 'fill_left', 'fill_right', 'ignoring', 'offset'] as const),
  ...(['smoothed', 'anchored', 'on', 'without'] as const),
] as const;

const preprocessors = ['start', 'end', 'step', 'range', 'max_of', 'min_of'] as const;

const operatorKinds: ReadonlySet<string> = new Set(operators);
const aggregatorKinds: ReadonlySet<string> = new Set(aggregators);
const keywordKinds: ReadonlySet<string> = new Set(keywords);
const preprocessorKinds: ReadonlySet<string> = new Set(preprocessors);
const wordKinds: ReadonlySet<string> = new Set([
  ...['and', 'or', 'unless', 'atan2'],
  ...aggregators,
  ...keywords,
  ...preprocessors,
]);

/** The kind of a bare word outside braces. Keywords are recognised in any case, as in Prometheus. */
export function wordKind(word: string): TokenKind {
  const lower = word.toLowerCase();
  if (wordKinds.has(lower)) return lower as TokenKind;
  if (lower === 'inf' || lower === 'nan') return 'number';
  return word.includes(':') ? 'metric' : 'identifier';
}

export const isAggregator = (kind: TokenKind): boolean => aggregatorKinds.has(kind);
export const isPreprocessor = (kind: TokenKind): boolean => preprocessorKinds.has(kind);

/** Words that may name a metric although they are keywords. */
const metricWords: ReadonlySet<string> = new Set([
  ...['identifier', 'metric', 'and', 'or', 'unless', 'by', 'without', 'offset', 'fill', 'fill_left', 'fill_right'],
  ...['anchored', 'smoothed'],
  ...aggregators,
  ...preprocessors,
]);
export const canNameMetric = (kind: TokenKind): boolean => metricWords.has(kind);

/** Words that may name a label in `by (…)`, `on (…)` and the like although they are keywords. */
const labelWords: ReadonlySet<string> = new Set([
  ...['identifier', 'metric', 'and', 'or', 'unless', 'atan2', 'bool', 'by', 'group_left', 'group_right'],
  ...['fill', 'fill_left', 'fill_right', 'ignoring', 'offset', 'on', 'anchored', 'smoothed'],
  ...aggregators,
  ...preprocessors,
]);
export const canNameLabel = (kind: TokenKind): boolean => labelWords.has(kind);

/** How Prometheus names a token in "unexpected …". */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'eof':
      return 'end of input';
    case 'identifier':
      return `identifier ${goQuote(token.text)}`;
    case 'metric':
      return `metric identifier ${goQuote(token.text)}`;
    case 'string':
    case 'number':
    case 'duration':
      return `${token.kind} ${shortQuote(token.text)}`;
    default:
  }
  if (keywordKinds.has(token.kind)) return `<${token.text}>`;
  if (operatorKinds.has(token.kind)) return `<op:${token.text}>`;
  if (aggregatorKinds.has(token.kind)) return `<aggr:${token.text}>`;
  return shortQuote(token.text);
}

function shortQuote(text: string): string {
  return text.length > 10 ? `${goQuote([...text].slice(0, 10).join(''))}...` : goQuote(text);
}
