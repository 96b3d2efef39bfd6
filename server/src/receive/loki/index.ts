/**
 * Loki push in: JSON and protobuf+snappy → log rows → durable. Valid and invalid lines mixed: the valid ones are stored,
 * the answer is 400 with the count and an example, as Loki does. A request repeated byte for byte is stored once; the same
 * line twice within one request is kept twice.
 */
export { lokiPushRoutes } from './routes.ts';
