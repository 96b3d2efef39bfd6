/** Our small standard library: time, hashing, the log, self-metrics, the ingest ledger. Knows no room but the model. */
export * from './clock.ts';
export * from './hash.ts';
export * from './ledger.ts';
export * from './log.ts';
export * from './process.ts';
export * from './selfmetrics.ts';
export * from './work.ts';
