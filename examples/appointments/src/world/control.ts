/**
 * The control endpoint, on loopback, for people and tests:
 *   GET /            the fault in force, the version, and the tally of requests
 *   POST /faults/{name}?seconds=120   starts one now, and answers when it is in force
 *   DELETE /faults   ends whatever goes on, and answers when all is well
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type FaultName, type Faults, faultNames } from './faults.ts';
import type { Tally } from './patients.ts';

const secondsMax = 3_600;

export function createControl(faults: Faults, tally: Tally): Server {
  async function handle(method: string, url: URL): Promise<{ status: number; body: object }> {
    if (method === 'DELETE' && url.pathname === '/faults') await faults.end();
    else if (method === 'POST' && url.pathname.startsWith('/faults/')) {
      const name = url.pathname.slice('/faults/'.length);
      const seconds = Number(url.searchParams.get('seconds') ?? 180);
      if (!isFault(name)) return { status: 404, body: { error: `unknown fault; known: ${faultNames.join(', ')}` } };
      if (!(seconds > 0 && seconds <= secondsMax))
        return { status: 400, body: { error: `seconds must be above 0 and at most ${secondsMax}` } };
      await faults.start(name, seconds * 1000);
    } else if (method !== 'GET' || url.pathname !== '/') {
      return { status: 404, body: { error: 'GET /, POST /faults/{name}?seconds=N, DELETE /faults' } };
    }
    return { status: 200, body: { ...faults.state, faults: faultNames, tally } };
  }

  return createServer((request, response) => {
    handle(request.method ?? 'GET', new URL(request.url ?? '/', 'http://control')).then(
      ({ status, body }) => send(response, status, body),
      (error: Error) => send(response, 500, { error: error.message }),
    );
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

function isFault(name: string): name is FaultName {
  return (faultNames as readonly string[]).includes(name);
}
