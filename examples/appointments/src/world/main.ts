/**
 * The world around the two services, in one light process of its own: the people who call the API, the SMS gateway of
 * another company, and what goes wrong and when. It reports no telemetry: traces begin where the system does.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Change } from '../api/release.ts';
import { onStop } from '../lifetime.ts';
import { createCaller } from './caller.ts';
import { chanceFrom } from './chance.ts';
import { createControl } from './control.ts';
import { Faults } from './faults.ts';
import { Patients, type Tally } from './patients.ts';
import { createSmsGateway } from './sms-gateway.ts';

/** What the starter tells this process. */
export type ToWorld =
  | { readonly kind: 'begin'; readonly apiUrl: string; readonly schedule: boolean; readonly requestsPerSecond: number }
  | { readonly kind: 'deployed' };

/** What this process tells its starter. */
export type FromWorld =
  | { readonly kind: 'ready'; readonly port: number; readonly gatewayPort: number }
  | { readonly kind: 'deploy'; readonly version: string; readonly change: Change }
  | { readonly kind: 'say'; readonly sentence: string };

const seed = Number(process.env.APPOINTMENTS_SEED ?? 1);
const door = { open: Promise.resolve(), isClosed: false };
let patients: Patients | undefined;
let deployed = () => {};

const faults = new Faults({
  chance: chanceFrom(seed),
  say: (sentence) => tell({ kind: 'say', sentence }),
  deploy(release) {
    door.isClosed = true;
    door.open = new Promise((resolve) => {
      deployed = () => {
        door.isClosed = false;
        resolve();
      };
    });
    tell({ kind: 'deploy', ...release });
    return door.open;
  },
});
const tally: Tally = { requests: 0, answered2xx: 0, answered4xx: 0, answered5xx: 0, unanswered: 0, turnedAway: 0 };
const gateway = createSmsGateway(chanceFrom(seed + 1), () => faults.mood);
const control = createControl(faults, tally);

process.on('message', (message: ToWorld) => {
  if (message.kind === 'deployed') return deployed();
  const call = createCaller(message.apiUrl, door);
  patients = new Patients({
    call,
    isClosed: () => door.isClosed,
    tally,
    chance: chanceFrom(seed + 2),
    requestsPerSecond: message.requestsPerSecond,
  });
  patients.start();
  if (message.schedule) faults.schedule();
});

// Node processes notice that their starter is gone; Postgres does not, so this process sees to it.
process.on('disconnect', () => {
  try {
    process.kill(Number(process.env.DATABASE_PID), 'SIGINT');
  } catch {
    // It is gone already, which is what was wanted.
  }
  rmSync(process.env.DATABASE_DIR ?? '', { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

onStop(async () => {
  patients?.stop();
  faults.stop();
  for (const server of [gateway, control]) {
    server.close();
    server.closeAllConnections();
  }
});

const [gatewayPort, port] = [await listen(gateway, 0), await listen(control, Number(process.env.PORT ?? 0))];
tell({ kind: 'ready', port, gatewayPort });

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function tell(message: FromWorld): void {
  process.send?.(message);
}
