/** A rule and what is known of it: how its last evaluation went, and what it made. */
import { type Labels, type NativeHistogram, Refusal, type SeriesRef } from '#model';
import type { Alert } from './alerts.ts';
import type { EvaluateDeps } from './deps.ts';
import type { AlertingSpec, RecordingSpec, RuleSpec } from './spec.ts';

export type RuleHealth = 'ok' | 'err' | 'unknown';

interface RuleStateBase {
  health: RuleHealth;
  /** `''` when the last evaluation went well. */
  lastError: string;
  /** 0 until the first evaluation. */
  lastEvaluationMs: number;
  evaluationSeconds: number;
  /** The series that its last evaluation has recorded. */
  series: ReadonlySet<SeriesRef>;
}

export interface RecordingRule extends RuleStateBase {
  readonly spec: RecordingSpec;
}

export interface AlertingRule extends RuleStateBase {
  readonly spec: AlertingSpec;
  /** Pending, firing, and lately resolved ones, by their labels. */
  active: Map<string, Alert>;
  /** Whether what was recorded before a restart has been looked at; nothing is recorded before that. */
  restored: boolean;
}

export type Rule = RecordingRule | AlertingRule;

/** A sample that a rule makes, or that its query has. */
export interface RuleSample {
  readonly labels: Labels;
  readonly value: number;
  /** Where set, the number means nothing. */
  readonly histogram?: NativeHistogram;
}

export function newRule(spec: RuleSpec, { restored }: { restored: boolean }): Rule {
  const state = {
    health: 'unknown' as const,
    lastError: '',
    lastEvaluationMs: 0,
    evaluationSeconds: 0,
    series: new Set<SeriesRef>(),
  };
  return spec.kind === 'recording' ? { ...state, spec } : { ...state, spec, active: new Map(), restored };
}

export function isAlerting(rule: Rule): rule is AlertingRule {
  return rule.spec.kind === 'alerting';
}

/** When a rule is evaluated, and when for. */
export interface Moment {
  /** The group's evaluation time. */
  readonly timeMs: number;
  /** That, less the query offset: what is asked for, and recorded at. */
  readonly sampleMs: number;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** The answer of a query, as samples. Refuses what is neither a vector nor a scalar, as Prometheus does. */
export async function samplesOf(
  text: string,
  { sampleMs, signal }: Pick<Moment, 'sampleMs' | 'signal'>,
  { instant, tenant, limits }: EvaluateDeps,
): Promise<RuleSample[]> {
  const { value } = await instant({ tenant, text, timeMs: sampleMs, signal });
  switch (value.kind) {
    case 'scalar':
      return [{ labels: [], value: value.value }];
    case 'vector': {
      const { labels, values, histograms } = value;
      const { resultsMax } = limits.rules;
      if (labels.length > resultsMax) {
        throw failed(
          `the rule makes ${labels.length} series, limits.rules.resultsMax is ${resultsMax}; aggregate more`,
        );
      }
      return labels.map((set, i) => {
        const histogram = histograms?.[i];
        return { labels: set, value: values[i] ?? 0, ...(histogram && { histogram }) };
      });
    }
    default:
      throw failed('rule result is not a vector or scalar');
  }
}

export function failed(message: string): Refusal {
  return new Refusal(message, { code: 'QUERY_FAILED' });
}
