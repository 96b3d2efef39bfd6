/**
 * PromQL as text: tokens, tree, types, printing. Pure, without a clock or a store, so that the server, the editor and
 * the command line read queries the same way. It refuses to know what a query's answer is.
 */
export * from './ast.ts';
export type { ParseOptions, PatternSupport } from './cursor.ts';
export { durationProblem, parseDurationMs, printDurationMs } from './duration.ts';
export { PromqlSyntaxError, positionOf, type SyntaxProblem } from './errors.ts';
export { type FunctionSignature, functions } from './functions.ts';
export { exprToJson } from './json.ts';
export { tokenize } from './lexer.ts';
export { parseExpr, parseSelector } from './parser.ts';
export { prettyExpr } from './pretty.ts';
export { formatFloat, printExpr, printMatcher } from './print.ts';
export { goQuote, unquote } from './quote.ts';
export { type HistogramLiteral, parseSeries, type SeriesDescription, type SeriesValue } from './series.ts';
export { aggregators, keywords, operators, type Token } from './tokens.ts';
