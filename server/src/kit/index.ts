/** Our small standard library: time, hashing, protobuf, snappy, the log, self-metrics, the ingest ledger. Knows no room but the model. */
export * from './afterwards.ts';
export * from './asker.ts';
export * from './clock.ts';
export * from './hash.ts';
export * from './inquiries.ts';
export * from './ledger.ts';
export * from './log.ts';
export * from './pace.ts';
export * from './process.ts';
export * from './protobuf-cursor.ts';
export * from './protobuf-writer.ts';
export * from './selfmetrics.ts';
export * from './snappy.ts';
export * from './snappy-encoder.ts';
export * from './texts.ts';
export * from './work.ts';
