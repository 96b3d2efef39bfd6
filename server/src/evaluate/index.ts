/**
 * Rules on a clock: Prometheus' rule files in, recorded series and the states of alerts out. Groups are evaluated each
 * on its own beat, their rules one after another; what they make is written like any samples, so that a restart goes on
 * where it was. Refuses to know how a query is answered, where samples are kept, and who is told of an alert.
 */
export type { Alert } from './alerts.ts';
export { type Evaluator, openEvaluator, type RuleSources } from './evaluator.ts';
export { readRuleFile } from './rulefile.ts';
export type { AlertingView, GroupView, RuleView } from './views.ts';
