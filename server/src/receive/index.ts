/**
 * Bytes → wire records: OTLP (`#receive/otlp`), remote write (`#receive/prometheus`), Loki push (`#receive/loki`).
 * This door holds what they share: the bodies' limits, the in-flight budget, the tenant, the books.
 * Refuses to know how rows are stored and who reads them.
 */
export { createReceiveBudget, type Lease, type ReceiveBudget } from './budget.ts';
export type { ReceiveDeps } from './deps.ts';
