/**
 * Prometheus remote write 1.0 and 2.0 in: snappy + protobuf → samples, exemplars, native histograms, metadata → durable.
 * Valid and invalid mixed: the valid part is stored, the answer is 400 with the count and an example (both versions allow
 * it); 2.0 is told in headers how much is durable, to the item.
 * Labels may come in any order; duplicates, empty names, a missing `__name__` and invalid UTF-8 are refused.
 */
export { remoteWriteRoutes } from './routes.ts';
