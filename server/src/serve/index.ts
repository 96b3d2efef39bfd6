/**
 * The HTTP listeners: one Fastify application per address, with the manners every answer has (security headers, the
 * Host and Origin checks, errors as JSON, our own request metrics and spans) and the built UI.
 * Refuses to know what the routes do: `main.ts` hands them in as plugins.
 */
export { type Address, cannotListen, type Listener, type ListenOptions, listen } from './listen.ts';
export { selfRoutes } from './self.ts';
export { uiRoutes } from './ui.ts';
