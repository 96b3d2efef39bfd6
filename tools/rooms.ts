/**
 * Who may import whom. Every import leans toward the store; the store knows nobody; the write half (receive,
 * normalise) never imports the read half (query, serve). `main.ts` alone connects rooms.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  kit: ['model'],
  config: ['model', 'kit', '@farol/promql'],
  store: ['model', 'kit', '@farol/engine'],
  normalise: ['model', 'kit'],
  // Prometheus' durations are PromQL's, and the shapes of log lines LogQL's; the packages are pure.
  receive: ['model', 'kit', 'normalise', 'store', '@farol/logql', '@farol/promql'],
  query: [
    'model',
    'kit',
    'store',
    'query',
    '@farol/gotemplate',
    '@farol/logql',
    '@farol/promql',
    '@farol/traceql',
    '@farol/contract',
  ],
  // Rules are PromQL, with Go's templates in their texts; what they ask and record is handed in.
  evaluate: ['model', 'kit', 'store', '@farol/gotemplate', '@farol/promql'],
  serve: ['model', 'kit', 'store', 'query', '@farol/logql', '@farol/promql', '@farol/traceql', '@farol/contract'],
  main: ['model', 'kit', 'config', 'store', 'normalise', 'receive', 'query', 'evaluate', 'serve'],
};
