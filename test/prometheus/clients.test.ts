import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Product, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { type Folder, freePort, freshFolder, isInstalled, outputOf, type Running, run } from './programs.ts';

let product: Product;
let folder: Folder;
let exporterPort: number;
let exporter: Running | undefined;

const hasExporter = isInstalled('prometheus-node-exporter');

beforeAll(async () => {
  folder = freshFolder();
  exporterPort = await freePort();
  if (hasExporter) exporter = startExporter();
  const scrapeConfig = folder.file(
    'prometheus.yml',
    `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ['127.0.0.1:${exporterPort}'], labels: { zone: test } }]`,
  );
  product = await startProduct({ flags: ['--scrape-config', scrapeConfig] });
});

afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await exporter?.[Symbol.asyncDispose]();
  folder?.[Symbol.dispose]();
});

function startExporter(): Running {
  return run('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${exporterPort}`]);
}

interface Sample {
  readonly metric: Record<string, string>;
  readonly value: [number, string];
}

async function ask(query: string, server = `${product.url}/prometheus`): Promise<Sample[]> {
  const reply = await fetch(`${server}/api/v1/query?${new URLSearchParams({ query })}`);
  const { data, error } = (await reply.json()) as { data?: { result: Sample[] }; error?: string };
  if (!data) throw new Error(`${query}: ${error}`);
  return data.result;
}

const numberOf = async (query: string, server?: string) =>
  Number((await ask(query, server))[0]?.value[1] ?? Number.NaN);
const answers = (query: string) => async () => (await ask(query)).length > 0;

describe.skipIf(!hasExporter)('node_exporter as a scrape target', () => {
  test('its series arrive with the labels of the target, its metadata and up', async () => {
    await until(answers('rate(node_cpu_seconds_total[10s])'), 30_000, 'a rate of node_cpu_seconds_total');
    const instance = `127.0.0.1:${exporterPort}`;
    expect(await ask('up{job="node"}')).toMatchObject([
      { metric: { instance, zone: 'test' }, value: [expect.any(Number), '1'] },
    ]);
    expect(await numberOf('scrape_samples_scraped{job="node"}')).toBeGreaterThan(300);
    expect(await numberOf('count({job="node",zone="test"})')).toBeGreaterThan(300);
    const metadata = await fetch(`${product.url}/prometheus/api/v1/metadata?metric=node_cpu_seconds_total`);
    expect(await metadata.json()).toMatchObject({ data: { node_cpu_seconds_total: [{ type: 'counter' }] } });
    const targets = await fetch(`${product.url}/prometheus/api/v1/targets`);
    expect(await targets.json()).toMatchObject({
      data: { activeTargets: [{ health: 'up', scrapePool: 'node', lastError: '' }] },
    });
  });

  test('when it dies, up is 0 and its series are gone at once; when it is back, so are they', async () => {
    await until(answers('node_load1'), 30_000, 'node_load1');
    await exporter?.[Symbol.asyncDispose]();
    await until(async () => (await numberOf('up{job="node"}')) === 0, 30_000, 'up to be 0');
    expect(await ask('node_load1')).toEqual([]);
    exporter = startExporter();
    await until(answers('node_load1'), 30_000, 'node_load1 to come back');
  });
});

describe.skipIf(!isInstalled('promtool'))('promtool query', () => {
  const promtool = (...args: string[]) => outputOf('promtool', ['query', ...args]);
  const server = () => `${product.url}/prometheus`;

  beforeAll(() => until(answers('up{job="node"}'), 30_000, 'the first scrape'));

  test('instant and range', async () => {
    expect(await promtool('instant', server(), '1 + 1')).toMatch(/^scalar: 2 @\[/);
    expect(await promtool('instant', server(), 'up{job="node"}')).toMatch(
      /^up\{instance="127.0.0.1:\d+", job="node", zone="test"\} => [01] @\[/,
    );
    const end = Math.floor(Date.now() / 1000);
    const range = [`--start=${end - 60}`, `--end=${end}`, '--step=10s'];
    expect((await promtool('range', ...range, server(), 'vector(7)')).match(/^7 @\[/gm)).toHaveLength(7);
  });

  test('series and labels', async () => {
    expect(await promtool('series', '--match=up{job="node"}', server())).toMatch(
      /^\{__name__="up", instance="127.0.0.1:\d+", job="node", zone="test"\}/,
    );
    expect((await promtool('labels', server(), 'zone')).trim()).toBe('test');
  });

  test('an error is told in its words', async () => {
    await expect(promtool('instant', server(), 'sum(')).rejects.toThrow(/bad_data: .*parse error/);
  });
});

describe.skipIf(!isInstalled('prometheus'))('Prometheus as a remote-write sender', () => {
  test('every series that it scrapes is answered as by Prometheus itself', async () => {
    const port = await freePort();
    const config = folder.file(
      'sender.yml',
      `
global: { scrape_interval: 1s, external_labels: { sender: prometheus } }
scrape_configs: [{ job_name: itself, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]
remote_write: [{ url: '${product.url}/prometheus/api/v1/write', queue_config: { batch_send_deadline: 200ms }, metadata_config: { send_interval: 1s } }]`,
    );
    await using sender = run('prometheus', [
      `--config.file=${config}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.tsdb.path=${folder.path}/tsdb`,
    ]);
    await until(
      answers('rate(prometheus_tsdb_head_samples_appended_total{sender="prometheus"}[10s])'),
      60_000,
      'samples',
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${sender.output().slice(-2000)}`);
    });
    const own = `http://127.0.0.1:${port}`;
    const time = Math.ceil(Date.now() / 1000);
    const counted = `count by (__name__) ({job="itself"} @ ${time})`;
    await until(answers(`timestamp(up{sender="prometheus"}) > ${time}`), 20_000, 'samples past the compared time');
    const [theirs, ours] = [await ask(counted, own), await ask(counted.replace('{job=', '{sender="prometheus",job='))];
    const byName = (samples: Sample[]) =>
      Object.fromEntries(samples.map(({ metric, value }) => [metric.__name__ ?? '', value[1]]));
    expect(Object.keys(byName(theirs)).length).toBeGreaterThan(100);
    expect(byName(ours)).toEqual(byName(theirs));
    const metadata = `${product.url}/prometheus/api/v1/metadata?metric=prometheus_build_info`;
    const told = async () => (await (await fetch(metadata)).text()).includes('"type":"gauge"');
    await until(told, 20_000, 'metadata of prometheus_build_info');
    expect(sender.output()).not.toMatch(/non-recoverable error/);
  });
});

describe.skipIf(!isInstalled('vmagent'))('vmagent as a remote-write sender', () => {
  test('what it scrapes arrives', async () => {
    const port = await freePort();
    const config = folder.file(
      'vmagent.yml',
      `scrape_configs: [{ job_name: agent, scrape_interval: 1s, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]`,
    );
    await using agent = run('vmagent', [
      `-promscrape.config=${config}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      `-remoteWrite.url=${product.url}/prometheus/api/v1/write`,
      `-remoteWrite.tmpDataPath=${folder.path}/vmagent`,
      '-remoteWrite.flushInterval=200ms',
    ]);
    await until(answers('rate(vm_promscrape_scrapes_total{job="agent"}[10s])'), 60_000, 'samples of vmagent').catch(
      (error: Error) => {
        throw new Error(`${error.message}\n${agent.output().slice(-2000)}`);
      },
    );
    expect(await numberOf('up{job="agent"}')).toBe(1);
    expect(agent.output()).not.toMatch(/unexpected status code|couldn't send/);
  });
});

describe.skipIf(!isInstalled('vmalert'))('vmalert over the query API and remote write', () => {
  test('its recording rule reads from Farol and writes back', async () => {
    const rules = folder.file(
      'rules.yml',
      'groups: [{ name: g, interval: 1s, rules: [{ record: "test:answer", expr: "vector(42)", labels: { from: vmalert } }] }]',
    );
    await using alert = run('vmalert', [
      `-rule=${rules}`,
      `-datasource.url=${product.url}/prometheus`,
      `-remoteWrite.url=${product.url}/prometheus`,
      '-remoteWrite.flushInterval=200ms',
      '-notifier.url=http://127.0.0.1:1',
      `-httpListenAddr=127.0.0.1:${await freePort()}`,
    ]);
    await until(answers('test:answer{from="vmalert"}'), 60_000, 'the recorded series').catch((error: Error) => {
      throw new Error(`${error.message}\n${alert.output().slice(-2000)}`);
    });
    expect(await numberOf('test:answer')).toBe(42);
  });
});

test('a scrape configuration that cannot be followed stops the start, and says where', async () => {
  const bad = folder.file('bad.yml', 'scrape_configs:\n  - job_name: a\n    consul_sd_configs: [{ server: x }]\n');
  const refused = await startProduct({ flags: ['--scrape-config', bad] }).then(
    async (started) => started[Symbol.asyncDispose]().then(() => 'it started'),
    (error: Error) => error.message,
  );
  expect(refused).toMatch(/bad\.yml: line 3: .*consul_sd_configs is not supported by Farol/);
});
