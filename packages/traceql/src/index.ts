/**
 * TraceQL as text: tokens, tree, types, printing. Pure, without a clock or a store, so that the server, the editor and
 * the command line read queries the same way. It refuses to know what a query's answer is.
 */
export * from './ast.ts';
export { checkQuery } from './check.ts';
export { arithmetic } from './constant.ts';
export type { ParseOptions } from './cursor.ts';
export { formatDuration, goDurationNs, parseDurationNs } from './duration.ts';
export { type QueryProblem, TraceqlSyntaxError } from './errors.ts';
export { parseFieldName, parseQuery } from './parser.ts';
export { printAttribute, printField, printLiteral, printQuery } from './print.ts';
export { fieldType, type StaticType } from './types.ts';
