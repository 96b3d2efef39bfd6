import { childrenOf, type Expr } from '@farol/promql';
import type { RuleSpec } from './spec.ts';

/** The metrics that a rule looks at; undefined when that cannot be said beforehand. */
export function metricsRead(rule: RuleSpec): ReadonlySet<string> | undefined {
  if (rule.kind === 'alerting') {
    const templates = [...rule.labelTemplates, ...rule.annotationTemplates];
    if (templates.some(({ template }) => template.kind === 'nodes' && template.asks)) return undefined;
  }
  const names = new Set<string>();
  return collect(rule.expr, names) ? names : undefined;
}

/** The metrics that a rule makes. */
export function metricsMade(rule: RuleSpec): readonly string[] {
  return rule.kind === 'recording' ? [rule.name] : ['ALERTS', 'ALERTS_FOR_STATE'];
}

/** False when the expression may look at anything. */
function collect(expr: Expr, names: Set<string>): boolean {
  if (expr.kind === 'vector') {
    const name = expr.matchers.find((matcher) => matcher.name === '__name__' && matcher.kind === '=');
    if (name === undefined) return false;
    names.add(name.value);
    return true;
  }
  // `info` finds what it joins by itself.
  if (expr.kind === 'call' && expr.func.name === 'info') return false;
  return childrenOf(expr).every((child) => collect(child, names));
}
