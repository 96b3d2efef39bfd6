/** Searches equal a slow and obvious evaluation over all spans: what is found, which are the newest, and how many spans. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTempoApi, type SpanSketch, spanId, type TempoApi, traceId } from './fixture.ts';

interface Found {
  readonly traces: readonly {
    readonly traceID: string;
    readonly spanSets: readonly { readonly matched: number; readonly spans: readonly { readonly spanID: string }[] }[];
  }[];
  readonly status?: string;
}

interface Filter {
  readonly text: string;
  readonly holds: (span: SpanSketch) => boolean;
}

type Trace = readonly SpanSketch[];

interface Question {
  readonly text: string;
  /** The spans that are found in the whole trace. */
  readonly found: (trace: Trace) => readonly SpanSketch[];
  /** What the spans of the range must have. */
  readonly needed: (inRange: Trace) => boolean;
}

const seed = 20_260_722;
const startMs = Math.floor(Date.now() / 1000) * 1000 - 900_000;
const lengthMs = 300_000;

/** mulberry32 */
function chanceFrom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const chance = chanceFrom(seed);
const below = (bound: number): number => Math.floor(chance() * bound);
const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;

const services = ['web', 'api', 'jobs', 'mail'];
const names = ['GET /', 'POST /rooms', 'query', 'tick', 'send'];

/** Most traces are short; some go on for minutes, so that their spans lie in several windows. Few begin together. */
function randomTrace(trace: number): Trace {
  const beganMs = startMs + below(lengthMs / 50) * 50;
  const spans: SpanSketch[] = [];
  for (let index = 0; index <= below(9); index++) {
    const long = chance() < 0.05;
    spans.push({
      trace,
      id: trace * 100 + index + 1,
      ...(index > 0 && { parent: trace * 100 + 1 + below(index) }),
      service: oneOf(services),
      name: oneOf(names),
      startMs: beganMs + (index === 0 ? 0 : below(long ? 120_000 : 400)),
      durationMs: 1 + below(chance() < 0.1 ? 3000 : 200),
      status: chance() < 0.15 ? 2 : 0,
      attributes: {
        ...(chance() < 0.5 && { 'http.response.status_code': oneOf([200, 200, 404, 500]) }),
        ...(chance() < 0.1 && { 'http.response.status_code': '500' }),
        ...(chance() < 0.5 && { weight: oneOf([1, 2.5, 7]) }),
        ...(trace % 97 === 0 && { rare: 'yes' }),
      },
      resource: { ...(chance() < 0.5 && { 'k8s.pod.name': oneOf(['a', 'b']) }) },
    });
  }
  return spans;
}

const traces = Array.from({ length: 600 }, (_, index) => randomTrace(index + 1));
const code = ({ attributes }: SpanSketch): unknown => attributes?.['http.response.status_code'];

const filters: readonly Filter[] = [
  { text: '{ }', holds: () => true },
  { text: '{ status = error }', holds: ({ status }) => status === 2 },
  { text: '{ resource.service.name = "api" }', holds: ({ service }) => service === 'api' },
  { text: '{ name =~ "GET.*|tick" }', holds: ({ name }) => /^(GET.*|tick)$/.test(name) },
  { text: '{ duration > 1s }', holds: ({ durationMs }) => durationMs > 1000 },
  { text: '{ span.http.response.status_code = 500 }', holds: (span) => code(span) === 500 },
  { text: '{ span.http.response.status_code = "500" }', holds: (span) => code(span) === '500' },
  {
    text: '{ .http.response.status_code >= 400 }',
    holds: (span) => typeof code(span) === 'number' && Number(code(span)) >= 400,
  },
  { text: '{ span.http.response.status_code = nil }', holds: (span) => code(span) === undefined },
  { text: '{ span.weight > 2 }', holds: ({ attributes }) => Number(attributes?.weight ?? 0) > 2 },
  { text: '{ .k8s.pod.name != "a" }', holds: ({ resource }) => resource?.['k8s.pod.name'] === 'b' },
  { text: '{ span.rare = "yes" }', holds: ({ attributes }) => attributes?.rare === 'yes' },
  { text: '{ span.rare = "no" }', holds: () => false },
];

const one = ({ text, holds }: Filter): Question => ({
  text,
  found: (trace) => trace.filter(holds),
  needed: (spans) => spans.some(holds),
});

function joined(op: '&&' | '||' | '>' | '>>' | '~' | '<', a: Filter, b: Filter): Question {
  const text = `${a.text} ${op} ${b.text}`;
  const either = (span: SpanSketch): boolean => a.holds(span) || b.holds(span);
  const both = (spans: Trace): boolean => spans.some(a.holds) && spans.some(b.holds);
  if (op === '||') return { text, found: (trace) => trace.filter(either), needed: (spans) => spans.some(either) };
  if (op === '&&') return { text, found: (trace) => (both(trace) ? trace.filter(either) : []), needed: both };
  const found = (trace: Trace): readonly SpanSketch[] =>
    trace.filter((span) => b.holds(span) && trace.some((other) => a.holds(other) && stands(op, other, span, trace)));
  return { text, found, needed: both };
}

function stands(op: '>' | '>>' | '~' | '<', a: SpanSketch, b: SpanSketch, trace: Trace): boolean {
  const parentOf = (span: SpanSketch) => trace.find(({ id }) => id === span.parent);
  switch (op) {
    case '>':
      return b.parent === a.id;
    case '<':
      return a.parent === b.id;
    case '~':
      return a !== b && a.parent === b.parent;
    case '>>': {
      let at = parentOf(b);
      while (at !== undefined && at !== a) at = parentOf(at);
      return at === a;
    }
  }
}

function counted({ text, holds }: Filter): Question {
  const more = 1 + below(4);
  const enough = (spans: Trace): boolean => spans.filter(holds).length > more;
  return {
    text: `${text} | count() > ${more}`,
    found: (trace) => (enough(trace) ? trace.filter(holds) : []),
    needed: enough,
  };
}

function averaged({ text, holds }: Filter): Question {
  const ms = 50 + below(500) + 0.25;
  const passes = (spans: Trace): boolean => {
    const lengths = spans.filter(holds).map(({ durationMs }) => durationMs);
    return lengths.length > 0 && lengths.reduce((sum, length) => sum + length, 0) / lengths.length > ms;
  };
  return {
    text: `${text} | avg(duration) > ${ms}ms`,
    found: (trace) => (passes(trace) ? trace.filter(holds) : []),
    needed: passes,
  };
}

function randomQuestion(): Question {
  const filter = oneOf(filters);
  switch (below(4)) {
    case 0:
      return one(filter);
    case 1:
      return counted(filter);
    case 2:
      return averaged(filter);
    default:
      return joined(oneOf(['&&', '||', '>', '>>', '~', '<'] as const), filter, oneOf(filters));
  }
}

const beganMs = (trace: Trace): number => Math.min(...trace.map((span) => span.startMs));

/** `id matched spans` of each answer, the newest first. */
function slowly({ found, needed }: Question, range: { startMs: number; endMs: number }, limit: number): string[] {
  return traces
    .filter((trace) => needed(trace.filter((span) => span.startMs >= range.startMs && span.startMs < range.endMs)))
    .filter((trace) => found(trace).length > 0)
    .sort((a, b) => beganMs(b) - beganMs(a) || Number(a[0]?.trace) - Number(b[0]?.trace))
    .slice(0, limit)
    .map((trace) => `${traceId(trace[0]?.trace ?? 0)} ${found(trace).length}`);
}

let tempo: TempoApi;
beforeAll(async () => {
  tempo = await openTempoApi();
  // Late spans come in other requests, so that no part of the store holds a trace whole.
  const spans = traces.flat();
  await tempo.send(spans.filter(({ id }) => id % 3 !== 0));
  await tempo.send(spans.filter(({ id }) => id % 3 === 0));
}, 60_000);
afterAll(() => tempo[Symbol.asyncDispose]());

test('50 random searches find the newest traces that a slow evaluation finds', async () => {
  for (let n = 0; n < 50; n++) {
    const question = randomQuestion();
    const from = startMs + (chance() < 0.5 ? 0 : below(lengthMs / 1000) * 1000) - 1000;
    const range = { startMs: from, endMs: chance() < 0.5 ? startMs + 2 * lengthMs : from + 1000 + below(200) * 1000 };
    const limit = oneOf([1, 3, 20, 700]);
    const spss = oneOf([1, 3, 0]);
    const path = `/search?q=${encodeURIComponent(question.text)}&start=${range.startMs / 1000}&end=${range.endMs / 1000}&limit=${limit}&spss=${spss}`;
    const answer = await tempo.get<Found>(path);
    const about = `${question.text} from ${range.startMs - startMs} to ${range.endMs - startMs}, ${limit}`;
    const told = answer.traces.map(({ traceID, spanSets }) => `${traceID} ${spanSets[0]?.matched}`);
    expect(told, about).toEqual(slowly(question, range, limit));
    expect(answer.status, about).toBeUndefined();
    const byId = new Map(traces.map((trace) => [traceId(trace[0]?.trace ?? 0), trace]));
    for (const { traceID, spanSets } of answer.traces) {
      const expected = question.found(byId.get(traceID) ?? []).map(({ id }) => spanId(id));
      const spans = spanSets[0]?.spans ?? [];
      expect(spans.length, about).toBe(spss === 0 ? expected.length : Math.min(spss, expected.length));
      expect(expected, about).toEqual(expect.arrayContaining(spans.map(({ spanID }) => spanID)));
    }
  }
}, 300_000);
