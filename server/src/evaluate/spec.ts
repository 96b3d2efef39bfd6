/** What rule files say, read and checked. */
import type { Expr } from '@farol/promql';
import type { Labels } from '#model';
import type { Template } from './template/index.ts';

export interface GroupSpec {
  readonly name: string;
  /** The path as it was found, which names the group beside its name. */
  readonly file: string;
  readonly intervalMs: number;
  /** How far before its evaluation time the group asks and records. */
  readonly queryOffsetMs: number;
  /** Alerts or series of one rule; 0: no limit but `limits.rules.resultsMax`. */
  readonly limit: number;
  readonly rules: readonly RuleSpec[];
}

export type RuleSpec = RecordingSpec | AlertingSpec;

interface RuleBase {
  readonly name: string;
  /** The expression, printed anew. */
  readonly query: string;
  readonly expr: Expr;
  /** Of the group and of the rule. Those of an alerting rule are templates, as they are written. */
  readonly labels: Labels;
}

export interface RecordingSpec extends RuleBase {
  readonly kind: 'recording';
}

export interface AlertingSpec extends RuleBase {
  readonly kind: 'alerting';
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: Labels;
  readonly labelTemplates: readonly NamedTemplate[];
  readonly annotationTemplates: readonly NamedTemplate[];
}

export interface NamedTemplate {
  readonly name: string;
  readonly template: Template;
}

/** What identifies a group; names need not be unique across files. */
export function groupKey({ file, name }: Pick<GroupSpec, 'file' | 'name'>): string {
  return `${file};${name}`;
}

/** Whether two groups would do the same. */
export function sameGroup(a: GroupSpec, b: GroupSpec): boolean {
  return JSON.stringify(factsOf(a)) === JSON.stringify(factsOf(b));
}

function factsOf({ rules, ...group }: GroupSpec): object {
  return { ...group, rules: rules.map(ruleFacts) };
}

function ruleFacts(rule: RuleSpec): readonly unknown[] {
  const { kind, name, query, labels } = rule;
  if (kind === 'recording') return [kind, name, query, labels];
  return [kind, name, query, labels, rule.forMs, rule.keepFiringForMs, rule.annotations];
}
