/** Every question the APIs take, with every parameter: what a hostile reader may write into each. */
export interface Question {
  /** `{}` stands for the hostile text. */
  readonly path: string;
  readonly params: readonly string[];
  /** What the question needs besides. */
  readonly fixed: Readonly<Record<string, string>>;
}

const range = ['start', 'end', 'limit'];

const prometheus: readonly Question[] = [
  { path: '/query', params: ['query', 'time', 'timeout', 'limit', 'lookback_delta', 'stats'], fixed: { query: 'up' } },
  {
    path: '/query_range',
    params: ['query', 'step', 'timeout', 'lookback_delta', 'stats', ...range],
    fixed: { query: 'up', start: '1', end: '2', step: '1' },
  },
  { path: '/query_exemplars', params: ['query', 'start', 'end'], fixed: { query: 'up', start: '1', end: '2' } },
  { path: '/format_query', params: ['query'], fixed: {} },
  { path: '/parse_query', params: ['query'], fixed: {} },
  { path: '/labels', params: ['match[]', ...range], fixed: {} },
  { path: '/label/job/values', params: ['match[]', ...range], fixed: {} },
  { path: '/label/{}/values', params: [], fixed: {} },
  { path: '/series', params: ['match[]', ...range], fixed: { 'match[]': 'up' } },
  { path: '/metadata', params: ['metric', 'limit', 'limit_per_metric'], fixed: {} },
  { path: '/targets', params: ['state', 'scrapePool'], fixed: {} },
  {
    path: '/rules',
    params: ['type', 'rule_name[]', 'file[]', 'match[]', 'group_limit', 'group_next_token'],
    fixed: {},
  },
  { path: '/status/tsdb', params: ['limit'], fixed: {} },
  { path: '/{}', params: [], fixed: {} },
];

const jaeger: readonly Question[] = [
  { path: '/services', params: ['x'], fixed: {} },
  { path: '/operations', params: ['service', 'spanKind'], fixed: { service: 'x' } },
  { path: '/services/{}/operations', params: [], fixed: {} },
  {
    path: '/traces',
    params: ['service', 'operation', 'tag', 'tags', 'minDuration', 'maxDuration', 'lookback', 'traceID', ...range],
    fixed: { service: 'x' },
  },
  { path: '/traces/{}', params: [], fixed: {} },
  { path: '/dependencies', params: ['endTs', 'lookback', 'limit'], fixed: {} },
];

interface OpenApi {
  readonly paths: Record<string, { readonly get: { readonly parameters?: readonly { name: string; in: string }[] } }>;
}

/** `openapi` is what `/api/openapi.json` says. */
export function allQuestions(openapi: OpenApi): readonly Question[] {
  const native = Object.entries(openapi.paths).map(([path, { get }]) => ({
    path: path.replace(/\{\w+\}/, '{}'),
    params: (get.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
    fixed: {},
  }));
  const under = (prefix: string, questions: readonly Question[]) =>
    questions.map((question) => ({ ...question, path: prefix + question.path }));
  return [...native, ...under('/prometheus/api/v1', prometheus), ...under('/jaeger/api', jaeger)];
}

/** One address for each place where the text can stand. */
export function askedWith(word: string, { path, params, fixed }: Question): string[] {
  if (path.includes('{}')) return [path.replace('{}', encodeURIComponent(word))];
  return params.map((name) => `${path}?${new URLSearchParams({ ...fixed, [name]: word })}`);
}
