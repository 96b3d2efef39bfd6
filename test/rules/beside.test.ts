/**
 * Debian's Prometheus as the judge: what Farol made of some rules, evaluation by evaluation, is what `promtool test
 * rules` is told to expect of the same rules and samples. Times are the same by construction: both begin at 0.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { freePort, freshFolder, isInstalled, run } from '../prometheus/programs.ts';
import { Random } from '../prometheus/random.ts';
import { openRig, pairsOf, type Rig, type Values } from './rig.ts';

const steps = 60;

/** No range is a multiple of the interval: since Prometheus 3 a window no longer holds the sample at its left end. */
const rules = `
groups:
  - name: g
    rules:
      - record: job:requests:rate1m
        expr: sum by (job) (rate(requests_total[55s]))
      - record: job:errors:ratio
        expr: sum by (job) (rate(requests_total{code="500"}[55s])) / on (job) job:requests:rate1m
        labels: {source: rules}
      - record: latency:p90
        expr: histogram_quantile(0.9, sum by (le) (rate(latency_bucket[115s])))
      - alert: HighErrors
        expr: job:errors:ratio > 0.2
        for: 1m
        labels: {severity: '{{ if gt $value 0.5 }}page{{ else }}ticket{{ end }}'}
        annotations:
          summary: '{{ $labels.job }}: {{ $value | humanizePercentage }} of requests fail ({{ printf "%.2f" $value }})'
      - alert: Down
        expr: up == 0
        keep_firing_for: 45s
        annotations:
          who: '{{ range query "up == 0" | sortByLabel "instance" }}{{ .Labels.instance }} {{ end }}'
          first: '{{ with query "up" }}{{ . | first | label "job" | title }}{{ end }}'
      - alert: Gone
        expr: absent(up{instance="1"})
        for: 30s
      - alert: DiskFull
        expr: predict_linear(free[115s], 600) < 0
        for: 15s
        annotations:
          left: '{{ humanize $value }} {{ humanize1024 $value }} {{ humanizeDuration $value }}'
          texts: '{{ reReplaceAll "i(.*)e" "<$1>" "instance" }} {{ toUpper "a" }} {{ "b.c:80" | stripPort | stripDomain }} {{ parseDuration "1h5m" }} {{ match "^d" "disk" }}'
          times: '{{ humanizeTimestamp 1643114203.5 }} {{ define "x" }}<{{ .arg0 }}>{{ end }}{{ template "x" (args 1 2) }} {{ 12345678.9 }} {{ 0.000001 }} {{ $externalLabels.region }}'
      - alert: Followed
        expr: count(ALERTS{alertstate="firing",alertname!="Followed"}) > 1
`;

/** Counters that reset, gauges that jump, series that end and begin again; the first values are calm. */
function someSeries(seed: number): Record<string, Values> {
  const random = new Random(seed);
  const from = (step: (i: number) => Values[number]): Values =>
    Array.from({ length: steps }, (_, i) => (random.next() < 0.06 && i > 3 ? '_' : step(i)));
  const counter = (rate: () => number): Values => {
    let sum = 0;
    return from(() => {
      sum = random.next() < 0.04 ? 0 : sum + Math.round(rate() * 15);
      return sum;
    });
  };
  const series: Record<string, Values> = {};
  for (const job of ['api', 'web']) {
    for (const code of ['200', '500']) {
      series[`{__name__="requests_total",job="${job}",code="${code}"}`] = counter(() =>
        code === '200' ? 10 * random.next() : random.next() < 0.5 ? 0 : 8 * random.next(),
      );
    }
  }
  for (const [i, le] of ['0.1', '1', '+Inf'].entries()) {
    series[`{__name__="latency_bucket",le="${le}"}`] = counter(() => 5 * (i + 1));
  }
  for (const instance of ['1', '2']) {
    series[`{__name__="up",instance="${instance}",job="api"}`] = from((i) =>
      i > 3 && random.next() < 0.1 ? 'stale' : i > 3 && random.next() < 0.3 ? 0 : 1,
    );
  }
  series['{__name__="free"}'] = from((i) => (i < 4 ? 1e9 : 1e9 * random.next()));
  return series;
}

interface Expected {
  readonly alerts: { eval_time: string; alertname: string; exp_alerts: object[] }[];
  readonly samples: { expr: string; eval_time: string; exp_samples: object[] }[];
}

async function expectationsOf(rig: Rig, series: Record<string, Values>): Promise<Expected> {
  await rig.send(series);
  const expected: Expected = { alerts: [], samples: [] };
  for (let step = 0; step < steps; step++) {
    await rig.at(step);
    // Whether an alert goes on from before a restart is only known after two evaluations.
    if (step < 3) continue;
    const eval_time = `${step * 15}s`;
    for (const rule of rig.groups().flatMap((group) => group.rules)) {
      if (rule.kind !== 'alerting') continue;
      const firing = rule.alerts.filter(({ state }) => state === 'firing');
      const exp_alerts = firing.map(({ labels, annotations }) => {
        const { alertname: _, ...exp_labels } = pairsOf(labels);
        return { exp_labels, exp_annotations: pairsOf(annotations) };
      });
      expected.alerts.push({ eval_time, alertname: rule.name, exp_alerts });
    }
    const recorded = ['job:requests:rate1m', 'job:errors:ratio', 'latency:p90', 'ALERTS'];
    for (const expr of [...recorded, `ALERTS_FOR_STATE - ${Math.floor(rig.startMs / 1000)}`]) {
      expected.samples.push({
        expr: expr.startsWith('ALERTS_FOR') ? 'ALERTS_FOR_STATE - 0' : expr,
        eval_time,
        exp_samples: (await rig.ask(expr)).map((line) => {
          const [labels = '', value = ''] = line.split(' => ');
          return { labels: selectorOf(JSON.parse(labels)), value: Number(value) };
        }),
      });
    }
  }
  return expected;
}

function selectorOf({ __name__ = '', ...labels }: Record<string, string>): string {
  return `${__name__}{${Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)}}`;
}

const promtoolIsHere = isInstalled('promtool');

describe.skipIf(!promtoolIsHere)('what Farol makes of rules is what Prometheus makes of them', () => {
  test.each([1, 2, 3])('evaluation by evaluation, seed %i', async (seed) => {
    const series = someSeries(seed);
    await using rig = await openRig({ rules, externalLabels: [['region', 'sa-east-1']] });
    const { alerts, samples } = await expectationsOf(rig, series);
    using folder = freshFolder();
    folder.file('rules.yml', rules);
    const file = folder.file(
      'test.yml',
      JSON.stringify({
        rule_files: ['rules.yml'],
        evaluation_interval: '15s',
        tests: [
          {
            interval: '15s',
            external_labels: { region: 'sa-east-1' },
            input_series: Object.entries(series).map(([text, values]) => ({
              series: selectorOf(
                pairsOf([...text.matchAll(/(\w+)="([^"]*)"/g)].flatMap(([, name = '', value = '']) => [name, value])),
              ),
              values: values.join(' '),
            })),
            alert_rule_test: alerts,
            promql_expr_test: samples,
          },
        ],
      }),
    );
    const verdict = await promisify(execFile)('promtool', ['test', 'rules', file]).catch((error) => error);
    expect(`${verdict.stdout}${verdict.stderr}`.slice(0, 6000)).toMatch(/SUCCESS/);
    // There was something to judge.
    expect(alerts.filter(({ exp_alerts }) => exp_alerts.length > 0).length).toBeGreaterThan(20);
    expect(samples.filter(({ exp_samples }) => exp_samples.length > 0).length).toBeGreaterThan(100);
  });
});

describe.skipIf(!isInstalled('prometheus'))('the API shows rules as Prometheus does', () => {
  test('after some evaluations, /rules and /alerts are the same but for the times', async () => {
    using folder = freshFolder();
    const file = folder.file(
      'rules.yml',
      `
groups:
  - name: second
    interval: 1s
    limit: 5
    rules:
      - {alert: Always, expr: 'vector(1.5)', labels: {severity: page}, annotations: {summary: 'it is {{ $value }}'}}
      - {alert: Waiting, expr: 'vector(-0.25)', for: 1h, keep_firing_for: 5m}
      - {alert: Never, expr: 'vector(1) > 2'}
      - {record: one, expr: 'sum(vector(1)) or   vector(2)', labels: {a: b}}
  - name: first
    interval: 1s
    rules:
      - {record: broken, expr: 'label_replace(vector(1), "x", "1", "", "") or label_replace(vector(1), "x", "2", "", "")', labels: {x: same}}
`,
    );
    const port = await freePort();
    await using _prometheus = run('prometheus', [
      `--config.file=${folder.file('p.yml', 'global: {}\nrule_files: [rules.yml]\n')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.tsdb.path=${folder.path}/tsdb`,
    ]);
    await using product = await startProduct({
      flags: ['--scrape-config', folder.file('farol.yml', `rule_files: [${file}]\n`)],
    });
    const apis = [`http://127.0.0.1:${port}`, `${product.url}/prometheus`];
    const ask = async (path: string) => {
      const answers = await Promise.all(
        apis.map((api) =>
          fetch(`${api}/api/v1/${path}`).then(
            (r) => r.json(),
            () => undefined,
          ),
        ),
      );
      return answers.map((answer) => JSON.parse(JSON.stringify(answer ?? {}, withoutTimes)));
    };
    await until(
      async () =>
        (await ask('rules')).every(
          (answer) => /"firing"/.test(JSON.stringify(answer)) && /"err"/.test(JSON.stringify(answer)),
        ),
      30_000,
      'both to evaluate',
    );
    for (const path of ['rules', 'alerts', 'rules?type=x']) {
      const [theirs, ours] = await ask(path);
      expect(ours, path).toEqual(theirs);
    }
  });
});

function withoutTimes(key: string, value: unknown): unknown {
  return ['lastEvaluation', 'evaluationTime', 'activeAt'].includes(key) ? typeof value : value;
}
