/**
 * The texts of alerts: Go's templates with Prometheus' functions. Parsed once, when the rules are loaded; a template
 * that asks (`query`) is run again when the answer is there. Bounded in steps, output, and questions.
 * Source: Prometheus' docs/configuration/template_reference.md and template/template.go.
 */
export { expand, type TemplateSample } from './expand.ts';
export { parseAlertTemplate, type Template } from './template.ts';
