/** The SMS gateway: another company's service, seen only from outside. It reports no telemetry. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Chance } from './chance.ts';

export type GatewayMood = 'well' | 'failing' | 'slow';

const wellMs = 70;
const slowMs = 3_200;
const refusedShare = 0.65;
const silentShare = 0.15;
// Even on a good day a carrier refuses one message in a few hundred; the notifications service tries again.
const badLuckShare = 0.004;

export function createSmsGateway(chance: Chance, mood: () => GatewayMood): Server {
  return createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request, response, { mood: mood(), chance }));
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { mood, chance }: { mood: GatewayMood; chance: Chance },
): void {
  if (request.method !== 'POST' || request.url !== '/v2/messages') {
    send(response, 404, { error: 'no such path' });
    return;
  }
  const waitMs = chance.latencyMs(mood === 'slow' ? slowMs : wellMs, mood === 'slow' ? 0.06 : 0.35);
  const refused = chance.happens(mood === 'failing' ? refusedShare : badLuckShare);
  // A request that is never answered: the client's timeout ends it.
  if (mood === 'failing' && !refused && chance.happens(silentShare / (1 - refusedShare))) return;
  setTimeout(() => {
    if (refused) send(response, 500, { error: 'CARRIER_UNAVAILABLE', detail: 'no route to mobile carrier' });
    else send(response, 202, { id: `sms-${chance.between(1, 1e9)}` });
  }, waitMs);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
