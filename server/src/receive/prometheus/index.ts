/**
 * Prometheus remote write 1.0 in: snappy + protobuf → samples, exemplars, native histograms, metadata → durable.
 * Valid and invalid mixed: the valid part is stored, the answer is 400 with the count and an example (the protocol allows it).
 * Labels may come in any order; duplicates, empty names, a missing `__name__` and invalid UTF-8 are refused.
 */
export { remoteWriteRoutes } from './routes.ts';
