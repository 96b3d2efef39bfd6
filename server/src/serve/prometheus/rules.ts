/** /rules and /alerts: what is evaluated on a clock, and how it stands. Source: Prometheus' web/api/v1/api.go. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Labels, tenantOf } from '#model';
import { sendJson, successHead, successTail } from './answers.ts';
import type { PrometheusDeps } from './deps.ts';
import { labelsTest } from './matching.ts';
import { badParam, type Params, paramsOf } from './params.ts';
import { labelsJson } from './values.ts';

export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly intervalSeconds: number;
  readonly limit: number;
  readonly evaluationSeconds: number;
  /** 0 until the first evaluation. */
  readonly lastEvaluationMs: number;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

interface RuleBase {
  readonly name: string;
  readonly query: string;
  readonly labels: Labels;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError: string;
  readonly evaluationSeconds: number;
  readonly lastEvaluationMs: number;
}

interface RecordingRule extends RuleBase {
  readonly kind: 'recording';
}

interface AlertingRule extends RuleBase {
  readonly kind: 'alerting';
  readonly state: 'firing' | 'pending' | 'inactive' | 'unknown';
  readonly forSeconds: number;
  readonly keepFiringForSeconds: number;
  readonly annotations: Labels;
  readonly alerts: readonly ActiveAlert[];
}

interface ActiveAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: string;
  readonly value: number;
  readonly activeAtMs: number;
  readonly keepFiringSinceMs?: number;
}

export function ruleRoutes(scope: FastifyInstance, { rules, promql }: PrometheusDeps): void {
  const groupsOf = (request: FastifyRequest) => rules?.(tenantOf(request.headers['x-scope-orgid'])) ?? [];
  scope.get('/rules', async (request, reply) => {
    const asked = askedOf(paramsOf(request), (text) => labelsTest(promql.parseSelector(text)));
    return sendJson(reply, successHead + discovery(groupsOf(request), asked) + successTail({}));
  });
  scope.get('/alerts', async (request, reply) => {
    const alerting = groupsOf(request).flatMap((group) => group.rules.filter((rule) => rule.kind === 'alerting'));
    const alerts = alerting.flatMap((rule) => rule.alerts.map(alertJson));
    return sendJson(reply, `${successHead}{"alerts":[${alerts.join(',')}]}${successTail({})}`);
  });
}

interface Asked {
  readonly type: string;
  readonly ruleNames: ReadonlySet<string>;
  readonly groupNames: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  /** Any of them; none means every rule. */
  readonly matches: readonly ((labels: Labels) => boolean)[];
  readonly withAlerts: boolean;
  /** 0: all. */
  readonly groupsMax: number;
  readonly fromToken: string;
}

function askedOf(params: Params, matcher: (text: string) => (labels: Labels) => boolean): Asked {
  const type = params.first('type').toLowerCase();
  if (!['', 'alert', 'record'].includes(type)) throw badParam('type', `not supported value ${JSON.stringify(type)}`);
  return {
    type,
    ruleNames: new Set(params.all('rule_name[]')),
    groupNames: new Set(params.all('rule_group[]')),
    files: new Set(params.all('file[]')),
    matches: params.all('match[]').map(matcher),
    withAlerts: !excludes(params.first('exclude_alerts')),
    ...pageOf(params),
  };
}

/** Go's strconv.ParseBool. */
function excludes(text: string): boolean {
  if (['', '0', 'f', 'false'].includes(text.toLowerCase())) return false;
  if (['1', 't', 'true'].includes(text.toLowerCase())) return true;
  const problem = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw badParam('exclude_alerts', `error converting exclude_alerts: ${problem}`);
}

function pageOf(params: Params): Pick<Asked, 'groupsMax' | 'fromToken'> {
  const limit = params.first('group_limit');
  const fromToken = params.first('group_next_token');
  if (fromToken !== '' && limit === '') {
    throw badParam('group_next_token', 'group_limit needs to be present in order to paginate over the groups');
  }
  if (limit !== '' && !/^\d{1,9}$/.test(limit)) throw badParam('group_limit', 'group_limit needs to be a valid number');
  if (limit !== '' && Number(limit) === 0) throw badParam('group_limit', 'group_limit needs to be greater than 0');
  return { groupsMax: Number(limit), fromToken };
}

function discovery(groups: readonly RuleGroup[], asked: Asked): string {
  const from = asked.fromToken === '' ? 0 : groups.findIndex((group) => tokenOf(group) === asked.fromToken);
  if (from < 0) {
    throw badParam('group_next_token', `invalid group_next_token '${asked.fromToken}'. were rule groups changed?`);
  }
  const shown: string[] = [];
  for (const group of groups.slice(from)) {
    const rules = rulesOf(group, asked);
    if (rules.length === 0) continue;
    if (asked.groupsMax > 0 && shown.length === asked.groupsMax) {
      return `{"groups":[${shown.join(',')}],"groupNextToken":"${tokenOf(group)}"}`;
    }
    shown.push(groupJson(group, rules, asked.withAlerts));
  }
  return `{"groups":[${shown.join(',')}]}`;
}

function tokenOf({ file, name }: RuleGroup): string {
  return createHash('sha256').update(`${file};${name}`).digest('hex');
}

function rulesOf(group: RuleGroup, { type, ruleNames, groupNames, files, matches }: Asked): RuleGroup['rules'] {
  if (groupNames.size > 0 && !groupNames.has(group.name)) return [];
  if (files.size > 0 && !files.has(group.file)) return [];
  return group.rules.filter(
    ({ kind, name, labels }) =>
      (type === '' || kind.startsWith(type)) &&
      (ruleNames.size === 0 || ruleNames.has(name)) &&
      (matches.length === 0 || matches.some((holds) => holds(labels))),
  );
}

function groupJson(group: RuleGroup, rules: RuleGroup['rules'], withAlerts: boolean): string {
  const { name, file, intervalSeconds: interval, limit, evaluationSeconds: evaluationTime, lastEvaluationMs } = group;
  const facts = JSON.stringify({ interval, limit, evaluationTime, lastEvaluation: isoTime(lastEvaluationMs) });
  const texts = rules.map((rule) => ruleJson(rule, withAlerts));
  return `{"name":${JSON.stringify(name)},"file":${JSON.stringify(file)},"rules":[${texts.join(',')}],${facts.slice(1)}`;
}

function ruleJson(rule: RuleGroup['rules'][number], withAlerts: boolean): string {
  const { name, query, labels, health, lastError, evaluationSeconds: evaluationTime, lastEvaluationMs } = rule;
  const tail = JSON.stringify({
    health,
    ...(lastError !== '' && { lastError }),
    evaluationTime,
    lastEvaluation: isoTime(lastEvaluationMs),
    type: rule.kind,
  });
  const named = `"name":${JSON.stringify(name)},"query":${JSON.stringify(query)}`;
  if (rule.kind === 'recording') return `{${named},"labels":${labelsJson(labels)},${tail.slice(1)}`;
  const { state, forSeconds, keepFiringForSeconds, annotations, alerts } = rule;
  const times = `"duration":${forSeconds},"keepFiringFor":${keepFiringForSeconds}`;
  const sets = `"labels":${labelsJson(labels)},"annotations":${labelsJson(annotations)}`;
  const active = withAlerts ? `[${alerts.map(alertJson).join(',')}]` : 'null';
  return `{"state":"${state}",${named},${times},${sets},"alerts":${active},${tail.slice(1)}`;
}

function alertJson({ labels, annotations, state, value, activeAtMs, keepFiringSinceMs }: ActiveAlert): string {
  const facts = JSON.stringify({
    state,
    activeAt: isoTime(activeAtMs),
    ...(keepFiringSinceMs !== undefined && { keepFiringSince: isoTime(keepFiringSinceMs) }),
    value: exponentText(value),
  });
  return `{"labels":${labelsJson(labels)},"annotations":${labelsJson(annotations)},${facts.slice(1)}`;
}

/** Go's zero time before the first evaluation. */
function isoTime(timeMs: number): string {
  return timeMs === 0 ? '0001-01-01T00:00:00Z' : new Date(timeMs).toISOString();
}

/** Go's `strconv.FormatFloat(v, 'e', -1, 64)`: `1.5e+01`. */
function exponentText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = Object.is(value, -0) ? '-' : '';
  return sign + value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
