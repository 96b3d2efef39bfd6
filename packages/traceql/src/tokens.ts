import type { AttributeScope, IntrinsicName, Literal, Span } from './ast.ts';

export type Token = Span &
  (
    | { readonly kind: 'literal'; readonly literal: Literal; readonly text: string }
    | { readonly kind: 'attribute'; readonly scope?: AttributeScope; readonly parent: boolean; readonly name: string }
    | { readonly kind: 'intrinsic'; readonly name: IntrinsicName; readonly text: string }
    | { readonly kind: 'word'; readonly text: string }
    | { readonly kind: 'sign'; readonly text: string }
    | { readonly kind: 'end' }
    | { readonly kind: 'error'; readonly text: string }
  );

/** Longest first: the lexer takes the first that fits. */
export const signs = [
  '!>>',
  '!<<',
  '&>>',
  '&<<',
  '>>',
  '<<',
  '>=',
  '<=',
  '!=',
  '!~',
  '!>',
  '!<',
  '=~',
  '&&',
  '||',
  '&>',
  '&<',
  '&~',
  '{',
  '}',
  '(',
  ')',
  ',',
  '|',
  '=',
  '>',
  '<',
  '~',
  '!',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
] as const;

/** Intrinsics by the short names they had before they had scopes. */
export const shortIntrinsics: ReadonlyMap<string, IntrinsicName> = new Map([
  ['duration', 'span:duration'],
  ['name', 'span:name'],
  ['status', 'span:status'],
  ['statusMessage', 'span:statusMessage'],
  ['kind', 'span:kind'],
  ['childCount', 'span:childCount'],
  ['rootName', 'trace:rootName'],
  ['rootServiceName', 'trace:rootService'],
  ['traceDuration', 'trace:duration'],
  ['nestedSetLeft', 'nestedSetLeft'],
  ['nestedSetRight', 'nestedSetRight'],
  ['nestedSetParent', 'nestedSetParent'],
  ['parent', 'parent'],
]);

export const scopedIntrinsics: ReadonlySet<string> = new Set<IntrinsicName>([
  'span:duration',
  'span:name',
  'span:kind',
  'span:status',
  'span:statusMessage',
  'span:id',
  'span:parentID',
  'span:childCount',
  'trace:duration',
  'trace:rootName',
  'trace:rootService',
  'trace:id',
  'event:name',
  'event:timeSinceStart',
  'link:traceID',
  'link:spanID',
  'instrumentation:name',
  'instrumentation:version',
]);

export const attributeScopes: ReadonlySet<string> = new Set<AttributeScope>([
  'span',
  'resource',
  'event',
  'link',
  'instrumentation',
]);

const integerMax = 2n ** 63n - 1n;

/** Words that are values. */
export const wordLiterals: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', { type: 'bool', value: true }],
  ['false', { type: 'bool', value: false }],
  ['ok', { type: 'status', value: 'ok' }],
  ['error', { type: 'status', value: 'error' }],
  ['unset', { type: 'status', value: 'unset' }],
  ['unspecified', { type: 'kind', value: 'unspecified' }],
  ['internal', { type: 'kind', value: 'internal' }],
  ['server', { type: 'kind', value: 'server' }],
  ['client', { type: 'kind', value: 'client' }],
  ['producer', { type: 'kind', value: 'producer' }],
  ['consumer', { type: 'kind', value: 'consumer' }],
  ['minInt', { type: 'int', value: -integerMax - 1n }],
  ['maxInt', { type: 'int', value: integerMax }],
]);

/** A token as an error names it. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return '$end';
    case 'literal':
      return literalNames[token.literal.type] ?? token.text;
    case 'attribute':
      return 'attribute';
    case 'word':
      return knownWords.has(token.text) ? token.text : 'IDENTIFIER';
    case 'intrinsic':
    case 'sign':
    case 'error':
      return token.text;
  }
}

const literalNames: Readonly<Partial<Record<Literal['type'], string>>> = {
  string: 'STRING',
  int: 'INTEGER',
  float: 'FLOAT',
  duration: 'DURATION',
};

export const aggregateWords = ['count', 'avg', 'min', 'max', 'sum'] as const;
export const seriesWords = [
  'rate',
  'count_over_time',
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
] as const;

/** Words with a meaning where they stand. */
const knownWords: ReadonlySet<string> = new Set([
  ...aggregateWords,
  ...seriesWords,
  'by',
  'coalesce',
  'select',
  'compare',
  'topk',
  'bottomk',
  'with',
  'nil',
]);
