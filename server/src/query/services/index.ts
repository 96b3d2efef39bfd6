/**
 * Questions about services: all of them with their golden signals, or one in full. Exact from metrics where a service
 * sends request metrics, else from its spans. Asks the store and the PromQL engine through functions; refuses to know HTTP.
 */
export type { ServicesQuestion } from './deps.ts';
export { type DeriveQuestion, deriveExemplars } from './derived-exemplars.ts';
export { listServices } from './list.ts';
export { describeService } from './service.ts';
