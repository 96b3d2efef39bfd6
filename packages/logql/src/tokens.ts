import { aggregateOps, rangeOps } from './ast.ts';

/** A token's kind is its name in Loki's error messages. */
export type TokenKind = string;

export interface Token {
  readonly kind: TokenKind;
  /** As written; for STRING unquoted, for RANGE what is between the brackets, for `error` what is wrong. */
  readonly text: string;
  /** Nanoseconds of a DURATION, milliseconds of a RANGE, bytes of BYTES. */
  readonly amount?: number;
  readonly start: number;
  readonly end: number;
  /** Loki's scanner forgets the line of a token that needed a look ahead. */
  readonly hasLine: boolean;
}

/** Words that are keywords wherever they stand. Recognised in any case. */
export const keywords: ReadonlySet<string> = new Set([
  ...['by', 'without', 'bool', 'offset', 'on', 'ignoring', 'group_left', 'group_right', 'or', 'and', 'unless'],
  ...['json', 'regexp', 'logfmt', 'unpack', 'pattern', 'label_format', 'line_format', 'decolorize', 'drop', 'keep'],
  ...['unwrap', 'ip', 'label_replace', 'variants', 'of'],
]);

/** Words that are functions when a parenthesis (or `by (`) follows, and names otherwise. */
export const functionKinds: ReadonlyMap<string, TokenKind> = new Map([
  ...[...rangeOps, ...aggregateOps, 'vector'].map((word): [string, string] => [word, word.toUpperCase()]),
  ['bytes', 'BYTES_CONV'],
  ['duration', 'DURATION_CONV'],
  ['duration_seconds', 'DURATION_SECONDS_CONV'],
  ['ip', 'ip'],
  ['label_replace', 'label_replace'],
]);

export const pairs: ReadonlySet<string> = new Set(['!=', '=~', '!~', '!>', '|=', '|~', '|>', '==', '>=', '<=']);
export const singles: ReadonlySet<string> = new Set([...',.{}=|()[]+-*/%^<>']);
export const parserFlags: ReadonlySet<string> = new Set(['--strict', '--keep-empty']);
