/**
 * Go's text/template and the Go it prints with: parsed once, run often, bounded in steps, depth and output. The caller
 * brings the functions; it refuses to know whose templates they are.
 */
export { Arguments } from './arguments.ts';
export { isBuiltin } from './builtins.ts';
export { asLabels, asStruct, Execution, type TemplateLimits } from './execute.ts';
export { expander, replaceEach } from './goexpand.ts';
export { formatG } from './goformat.ts';
export { type Command, type Node, type Operand, type Pipe, TemplateProblem } from './nodes.ts';
export { parseTemplate } from './parse.ts';
export { regexCache } from './regexes.ts';
export { formatTime, parseTime, printTime } from './times.ts';
export {
  type FunctionContext,
  floatOf,
  type GoTime,
  intOf,
  isMap,
  isTime,
  isTruthy,
  type TemplateFunction,
  textOf,
  typeName,
  type Value,
} from './values.ts';
