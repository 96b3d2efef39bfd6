import { setImmediate as nextTurn } from 'node:timers/promises';
import { log } from '#kit';
import { type Labels, labelPairs, labelsFrom, labelsKey } from '#model';
import { type Alert, type Found, nextAlerts } from './alerts.ts';
import type { EvaluateDeps } from './deps.ts';
import { type AlertingRule, failed, type Moment, type RuleSample, samplesOf } from './rule.ts';
import { expansionFailures, expansions } from './selfmetrics.ts';
import type { NamedTemplate } from './spec.ts';
import { expand, type TemplateSample } from './template/index.ts';

export interface AlertContext extends EvaluateDeps {
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

/** Moves the rule's alerts on, and returns what is recorded of them. On a refusal they stay as they were. */
export async function evaluateAlerting(rule: AlertingRule, moment: Moment, ctx: AlertContext): Promise<RuleSample[]> {
  const { spec } = rule;
  const { timeMs, limit } = moment;
  const found = await foundBy(rule, moment, ctx);
  const next = nextAlerts(rule.active, found, { spec, timeMs });
  const going = [...next.values()].filter(({ state }) => state !== 'inactive');
  if (limit > 0 && going.length > limit) {
    rule.active = new Map();
    throw failed(`exceeded limit of ${limit} with ${going.length} alerts`);
  }
  rule.active = next;
  return rule.restored ? going.flatMap(samplesOfAlert) : [];
}

/** How long the texts of many alerts may hold the event loop before others run. */
const sliceMs = 20;

async function foundBy(rule: AlertingRule, moment: Moment, ctx: AlertContext): Promise<Found> {
  const found = new Map<string, Pick<Alert, 'labels' | 'annotations' | 'value'>>();
  let sliceEndMs = ctx.clock.tickMs() + sliceMs;
  for (const sample of await samplesOf(rule.spec.query, moment, ctx)) {
    if (ctx.clock.tickMs() >= sliceEndMs) {
      await nextTurn();
      moment.signal.throwIfAborted();
      sliceEndMs = ctx.clock.tickMs() + sliceMs;
    }
    const labels = await labelsOf(rule, sample, moment, ctx);
    const key = labelsKey(labels);
    if (found.has(key)) {
      throw failed('vector contains metrics with the same labelset after applying alert labels');
    }
    found.set(key, { labels, annotations: await annotationsOf(rule, sample, moment, ctx), value: sample.value });
  }
  return found;
}

/** A label that cannot be made refuses the evaluation: an alert is known by its labels, and an error is none. */
async function labelsOf(
  { spec }: AlertingRule,
  sample: RuleSample,
  moment: Moment,
  ctx: AlertContext,
): Promise<Labels> {
  const own: [string, string][] = [];
  for (const named of spec.labelTemplates) {
    const expanded = await expandFor(named, sample, moment, ctx);
    if ('problem' in expanded) throw failed(`label ${JSON.stringify(named.name)}: ${expanded.problem}`);
    own.push([named.name, expanded.text]);
  }
  return labelsFrom([...labelPairs(sample.labels), ['__name__', ''], ...own, ['alertname', spec.name]]);
}

async function annotationsOf(
  { spec }: AlertingRule,
  sample: RuleSample,
  moment: Moment,
  ctx: AlertContext,
): Promise<Labels> {
  const texts: [string, string][] = [];
  for (const named of spec.annotationTemplates) {
    const expanded = await expandFor(named, sample, moment, ctx);
    if ('problem' in expanded) {
      log.warn(
        { alert: spec.name, annotation: named.name, problem: expanded.problem },
        'an alert text could not be made',
      );
      texts.push([named.name, `<error expanding template: ${expanded.problem}>`]);
    } else texts.push([named.name, expanded.text]);
  }
  return labelsFrom(texts);
}

async function expandFor({ template }: NamedTemplate, sample: RuleSample, moment: Moment, ctx: AlertContext) {
  if (template.kind === 'plain') return { text: template.text };
  const { query, rules } = ctx.limits;
  expansions.inc();
  const expanded = await expand(template, {
    sample: asked(sample),
    externalLabels: ctx.externalLabels,
    externalUrl: ctx.externalUrl,
    timeMs: moment.timeMs,
    // Templates ask for the evaluation time itself, as in Prometheus.
    ask: async (text) => (await samplesOf(text, { ...moment, sampleMs: moment.timeMs }, ctx)).map(asked),
    limits: {
      textMax: query.templateTextMax,
      stepsMax: query.templateStepsMax,
      queriesMax: rules.templateQueriesMax,
    },
  });
  if ('problem' in expanded) expansionFailures.inc();
  return expanded;
}

/** A template sees a native histogram as a text. */
function asked({ labels, value, histogram }: RuleSample): TemplateSample {
  return { labels, value: histogram ? `{count:${histogram.count}, sum:${histogram.sum}}` : value };
}

function samplesOfAlert({ labels, state, activeAtMs }: Alert): RuleSample[] {
  const pairs = [...labelPairs(labels)];
  return [
    { labels: labelsFrom([...pairs, ['__name__', 'ALERTS'], ['alertstate', state]]), value: 1 },
    { labels: labelsFrom([...pairs, ['__name__', 'ALERTS_FOR_STATE']]), value: Math.floor(activeAtMs / 1000) },
  ];
}
