import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getJson } from './http.ts';
import type { Labels } from './prometheus.ts';

/** `/prometheus/api/v1/rules`, with its times and values as numbers. */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly intervalSeconds: number;
  readonly evaluationSeconds: number;
  /** Undefined until the first evaluation. */
  readonly lastEvaluationMs?: number;
  readonly rules: readonly Rule[];
}

export interface Rule {
  /** In its group, from 0: rules of one name are told apart by it, whatever is filtered out. */
  readonly place: number;
  readonly kind: 'alerting' | 'recording';
  readonly name: string;
  readonly query: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError: string;
  readonly evaluationSeconds: number;
  readonly labels: Labels;
  /** Of alerting rules. */
  readonly state?: 'firing' | 'pending' | 'inactive' | 'unknown';
  readonly forSeconds: number;
  readonly alerts: readonly ActiveAlert[];
}

export interface ActiveAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'firing' | 'pending';
  readonly value: number;
  readonly sinceMs: number;
}

interface RawGroup {
  readonly name: string;
  readonly file: string;
  readonly interval: number;
  readonly evaluationTime: number;
  readonly lastEvaluation: string;
  readonly rules: readonly RawRule[];
}

interface RawRule {
  readonly type: Rule['kind'];
  readonly name: string;
  readonly query: string;
  readonly health: Rule['health'];
  readonly lastError?: string;
  readonly evaluationTime: number;
  readonly labels: Labels;
  readonly state?: Rule['state'];
  readonly duration?: number;
  readonly alerts?: readonly RawAlert[] | null;
}

interface RawAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: ActiveAlert['state'];
  readonly value: string;
  readonly activeAt: string;
}

export const useRules = (everyMs: number) =>
  useQuery({
    queryKey: ['prometheus', 'rules'],
    queryFn: ({ signal }) => askRules(signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
  });

async function askRules(signal: AbortSignal): Promise<readonly RuleGroup[]> {
  const answer = await getJson<{ data: { groups: readonly RawGroup[] } }>('/prometheus/api/v1/rules', {}, signal);
  return answer.data.groups.map((group) => {
    const timeMs = Date.parse(group.lastEvaluation);
    return {
      name: group.name,
      file: group.file,
      intervalSeconds: group.interval,
      evaluationSeconds: group.evaluationTime,
      // Go's zero time is long before anybody evaluated anything.
      ...(timeMs > 0 && { lastEvaluationMs: timeMs }),
      rules: group.rules.map(ruleOf),
    };
  });
}

function ruleOf(raw: RawRule, place: number): Rule {
  return {
    place,
    kind: raw.type,
    name: raw.name,
    query: raw.query,
    health: raw.health,
    lastError: raw.lastError ?? '',
    evaluationSeconds: raw.evaluationTime,
    labels: raw.labels,
    ...(raw.state && { state: raw.state }),
    forSeconds: raw.duration ?? 0,
    alerts: (raw.alerts ?? []).map((alert) => ({
      labels: alert.labels,
      annotations: alert.annotations,
      state: alert.state,
      value: Number(alert.value.replace('Inf', 'Infinity')),
      sinceMs: Date.parse(alert.activeAt),
    })),
  };
}
