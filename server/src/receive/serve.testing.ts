/** A real HTTP server around one receiver, on a free port, for tests. */
import Fastify, { type FastifyPluginAsync } from 'fastify';

export type TestBody = string | Uint8Array | ReadableStream;

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  post(path: string, body: TestBody | undefined, headers?: Record<string, string>): Promise<Response>;
}

export async function serve(...plugins: FastifyPluginAsync[]): Promise<TestServer> {
  const app = Fastify({ forceCloseConnections: true });
  for (const plugin of plugins) await app.register(plugin);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    port: Number(new URL(url).port),
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        ...(body !== undefined && { body }),
        headers,
        duplex: 'half',
      } as RequestInit),
    [Symbol.asyncDispose]: () => app.close(),
  };
}
