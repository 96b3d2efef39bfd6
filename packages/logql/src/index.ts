/**
 * LogQL as text: tokens, tree, checks, printing. Pure, without a clock or a store, so that the server, the editor and
 * the command line read queries the same way. It refuses to know what a query's answer is.
 */
export { calculate, compare, isComparison, isSetOp } from './arithmetic.ts';
export * from './ast.ts';
export { parseByteSize } from './bytesize.ts';
export type { ParseOptions, PatternSupport } from './cursor.ts';
export { LogqlSyntaxError } from './errors.ts';
export { parseGoDuration, printGoDuration } from './goduration.ts';
export { parseGoFloat } from './gonumber.ts';
export { parseJsonPath } from './jsonpath.ts';
export { tokenize } from './lexer.ts';
export { type PatternPart, parseFilterPattern, parseLinePattern } from './linepattern.ts';
export { unquoteLiteral } from './literal.ts';
export { parseExpr, parseSelector } from './parser.ts';
export { printExpr, printStage } from './print.ts';
export { hole, type LineWords, wordsOf } from './shape.ts';
export { shapeKeyOf } from './shapekey.ts';
export type { Token } from './tokens.ts';
