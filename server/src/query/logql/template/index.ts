/** Go's text/template with Loki's functions: parsed once, run per line, bounded in steps and in output. */
export { asLabels, Execution, type TemplateLimits } from './execute.ts';
export { fieldsRead } from './fields.ts';
export { isTemplateFunction } from './functions.ts';
export { type Node, TemplateProblem } from './nodes.ts';
export { parseTemplate } from './parse.ts';
export { regexCache } from './regexes.ts';
