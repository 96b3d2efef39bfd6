/** What the API and the pages show of rules: a picture of one moment, that evaluation does not change. */
import type { Labels } from '#model';
import type { Alert, AlertState } from './alerts.ts';
import type { Group } from './group.ts';
import { type AlertingRule, isAlerting, type RecordingRule, type Rule, type RuleHealth } from './rule.ts';

export interface GroupView {
  readonly name: string;
  readonly file: string;
  readonly intervalSeconds: number;
  readonly limit: number;
  readonly evaluationSeconds: number;
  /** 0 until the first evaluation. */
  readonly lastEvaluationMs: number;
  readonly rules: readonly RuleView[];
}

interface RuleViewBase {
  readonly name: string;
  readonly query: string;
  readonly labels: Labels;
  readonly health: RuleHealth;
  readonly lastError: string;
  readonly evaluationSeconds: number;
  readonly lastEvaluationMs: number;
}

interface RecordingView extends RuleViewBase {
  readonly kind: 'recording';
}

export interface AlertingView extends RuleViewBase {
  readonly kind: 'alerting';
  readonly state: AlertState | 'unknown';
  readonly forSeconds: number;
  readonly keepFiringForSeconds: number;
  readonly annotations: Labels;
  /** Pending and firing ones. */
  readonly alerts: readonly Readonly<Alert>[];
}

export type RuleView = RecordingView | AlertingView;

export function viewOf({ spec, rules, evaluationSeconds, lastEvaluationMs }: Group): GroupView {
  const { name, file, intervalMs, limit } = spec;
  return {
    name,
    file,
    limit,
    intervalSeconds: intervalMs / 1000,
    evaluationSeconds,
    lastEvaluationMs,
    rules: rules.map(ruleView),
  };
}

function ruleView(rule: Rule): RuleView {
  return isAlerting(rule) ? alertingView(rule) : { kind: 'recording', ...baseOf(rule) };
}

function alertingView(rule: AlertingRule): AlertingView {
  const { forMs, keepFiringForMs, annotations } = rule.spec;
  return {
    kind: 'alerting',
    ...baseOf(rule),
    state: rule.lastEvaluationMs === 0 ? 'unknown' : stateOf(rule),
    forSeconds: forMs / 1000,
    keepFiringForSeconds: keepFiringForMs / 1000,
    annotations,
    alerts: [...rule.active.values()].filter(({ state }) => state !== 'inactive').map((alert) => ({ ...alert })),
  };
}

function stateOf({ active }: AlertingRule): AlertState {
  let worst: AlertState = 'inactive';
  for (const { state } of active.values()) {
    if (state === 'firing') return 'firing';
    if (state === 'pending') worst = 'pending';
  }
  return worst;
}

function baseOf({
  spec,
  health,
  lastError,
  evaluationSeconds,
  lastEvaluationMs,
}: AlertingRule | RecordingRule): RuleViewBase {
  const { name, query, labels } = spec;
  return { name, query, labels, health, lastError, evaluationSeconds, lastEvaluationMs };
}
