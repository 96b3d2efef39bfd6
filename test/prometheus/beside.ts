/** Debian's Prometheus and Farol side by side, fed with the same samples, to be asked the same questions. */
import { type Product, startProduct } from '../kit/product.ts';
import { encodeWriteRequest, remoteWriteHeaders, type SentSeries } from '../kit/remotewrite.ts';
import { until } from '../kit/until.ts';
import { freePort, freshFolder, run } from './programs.ts';

export interface Beside extends AsyncDisposable {
  /** Sends the same to both; resolves when both have acknowledged it. */
  send(series: readonly SentSeries[]): Promise<void>;
  ask(question: Question): Promise<{ readonly farol: Reply; readonly prometheus: Reply }>;
}

/** Times are in seconds. A range when it has a step. */
export interface Question {
  readonly query: string;
  /** What Farol is asked when the language has changed since that Prometheus. */
  readonly farolQuery?: string;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

export type Reply =
  | { readonly kind: 'error'; readonly errorType: string; readonly message: string }
  | { readonly kind: 'scalar' | 'string'; readonly text: string }
  | { readonly kind: 'series'; readonly series: readonly ReplySeries[] };

export interface ReplySeries {
  /** The label set as JSON, names sorted. */
  readonly labels: string;
  readonly points: readonly (readonly [timeSeconds: number, value: number])[];
}

/** How long a request may span, since Prometheus refuses what lies far behind its newest sample. */
const sendSpanMs = 5 * 60_000;

export async function startBeside(flags: readonly string[] = []): Promise<Beside> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(freshFolder());
  const product: Product = parts.use(await startProduct({ flags }));
  const port = await freePort();
  const prometheus = `http://127.0.0.1:${port}`;
  const program = parts.use(
    run('prometheus', [
      `--config.file=${folder.file('empty.yml', 'global: {}\n')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      `--storage.tsdb.path=${folder.path}/tsdb`,
      '--web.enable-remote-write-receiver',
    ]),
  );
  const isUp = () =>
    fetch(`${prometheus}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isUp, 30_000, 'Prometheus').catch((error: Error) => {
    throw new Error(`${error.message}\n${program.output().slice(-2000)}`);
  });
  const apis = { farol: `${product.url}/prometheus`, prometheus };
  const held = parts.move();
  return {
    async send(series) {
      for (const part of inOrder(series)) {
        const body = encodeWriteRequest(part);
        await Promise.all(Object.values(apis).map((api) => write(api, body)));
      }
    },
    async ask(question) {
      const [farol, theirs] = await Promise.all([
        askOne(apis.farol, { ...question, query: question.farolQuery ?? question.query }),
        askOne(apis.prometheus, question),
      ]);
      return { farol, prometheus: theirs };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function inOrder(series: readonly SentSeries[]): SentSeries[][] {
  const byPart = new Map<number, SentSeries[]>();
  for (const { labels, samples } of series) {
    const parts = Map.groupBy(samples, ({ timeMs }) => Math.floor(timeMs / sendSpanMs));
    for (const [part, some] of parts) {
      const list = byPart.get(part) ?? [];
      byPart.set(part, list);
      list.push({ labels, samples: some });
    }
  }
  return [...byPart].sort(([a], [b]) => a - b).map(([, list]) => list);
}

async function write(api: string, body: Uint8Array): Promise<void> {
  const reply = await fetch(`${api}/api/v1/write`, { method: 'POST', headers: remoteWriteHeaders, body });
  if (!reply.ok) throw new Error(`${api} refused the samples: ${reply.status} ${await reply.text()}`);
}

interface ApiAnswer {
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType: string;
    readonly result: readonly [number, string] | readonly ApiSeries[];
  };
}

interface ApiSeries {
  readonly metric: Record<string, string>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function askOne(api: string, { query, start, end, step }: Question): Promise<Reply> {
  const range = step === undefined ? undefined : { start: `${start}`, end: `${end}`, step: `${step}` };
  const form = new URLSearchParams({ query, ...(range ?? { time: `${end}` }) });
  const path = range === undefined ? 'query' : 'query_range';
  const reply = await fetch(`${api}/api/v1/${path}`, { method: 'POST', body: form });
  const { data, errorType = '', error = '' } = (await reply.json()) as ApiAnswer;
  if (data === undefined) return { kind: 'error', errorType, message: error };
  if (data.resultType === 'scalar' || data.resultType === 'string') {
    return { kind: data.resultType, text: String(data.result[1]) };
  }
  const series = (data.result as readonly ApiSeries[]).map(({ metric, value, values }) => ({
    labels: JSON.stringify(Object.fromEntries(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)))),
    points: (values ?? (value === undefined ? [] : [value])).map(([time, text]) => [time, numberOf(text)] as const),
  }));
  return { kind: 'series', series };
}

/** As Prometheus writes values. */
export function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
