/**
 * Who may import whom. Every import leans toward the store; the store knows nobody; the write half (receive,
 * normalise) never imports the read half (query, serve). `main.ts` alone connects rooms.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  kit: ['model'],
  config: ['model', 'kit'],
  store: ['model', 'kit', '@farol/engine'],
  normalise: ['model', 'kit'],
  // Prometheus' durations are PromQL's; the package is pure.
  receive: ['model', 'kit', 'normalise', 'store', '@farol/promql'],
  query: ['model', 'kit', 'store', 'query', '@farol/logql', '@farol/promql', '@farol/traceql', '@farol/contract'],
  serve: ['model', 'kit', 'store', 'query', '@farol/logql', '@farol/promql', '@farol/traceql', '@farol/contract'],
  main: ['model', 'kit', 'config', 'store', 'normalise', 'receive', 'query', 'serve'],
};
