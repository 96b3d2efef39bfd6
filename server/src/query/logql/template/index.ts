/** Go's text/template with Loki's functions: parsed once, run per line, bounded in steps and in output. */
export {
  asLabels,
  type Node,
  parseTemplate,
  regexCache,
  type TemplateLimits,
  TemplateProblem,
} from '@farol/gotemplate';
export { fieldsRead } from './fields.ts';
export { functions, isTemplateFunction } from './functions.ts';
