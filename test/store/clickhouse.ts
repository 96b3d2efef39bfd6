/**
 * A ClickHouse that can be reached over TCP: the engine alone, behind a door that asks for the user and password as
 * ClickHouse does, and that can be shut and opened again.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, startEngine } from '@farol/engine';

const user = 'farol';
export const password = 's3cret/p@ss';
const database = 'telemetry';

export interface ClickHouse extends AsyncDisposable {
  readonly dataDir: string;
  /** For `--store`. */
  urlWith(password: string): string;
  readonly port: number;
  /** Requests are cut in the middle, and new connections refused. The engine goes on with what it has received. */
  shut(): Promise<void>;
  /** Requests are carried out, but their answers never arrive. */
  muffle(): Promise<void>;
  /** As in the beginning, on the same port. */
  open(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function startClickHouse(): Promise<ClickHouse> {
  const dataDir = mkdtempSync(join(tmpdir(), 'farol-clickhouse-'));
  const engine = await startEngine({ dataDir, database, log: silent });
  const door = createServer((incoming, outgoing) => pass(engine, { incoming, outgoing, isMuffled: () => muffled }));
  let muffled = false;
  let port = 0;
  const open = async () => {
    muffled = false;
    if (door.listening) return;
    door.listen(port, '127.0.0.1');
    await once(door, 'listening');
    ({ port } = door.address() as AddressInfo);
  };
  const shut = async () => {
    const closed = once(door, 'close');
    door.close();
    door.closeAllConnections();
    await closed;
  };
  await open();
  return {
    dataDir,
    urlWith: (word) => `http://${user}:${encodeURIComponent(word)}@127.0.0.1:${port}/${database}`,
    get port() {
      return port;
    },
    shut,
    async muffle() {
      muffled = true;
    },
    open,
    async [Symbol.asyncDispose]() {
      if (door.listening) await shut();
      await engine.close(2000);
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly isMuffled: () => boolean;
}

function pass(engine: Engine, { incoming, outgoing, isMuffled }: Passage): void {
  if (incoming.headers.authorization !== `Basic ${btoa(`${user}:${password}`)}`) {
    incoming.resume();
    outgoing.writeHead(403, { 'x-clickhouse-exception-code': '516', 'content-type': 'text/plain' });
    outgoing.end(
      `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n`,
    );
    return;
  }
  const { method, headers, url: path } = incoming;
  const inner = request(engine.url, { agent: engine.httpAgent, method, headers, path }, (answer) => {
    if (isMuffled()) {
      answer.resume().on('end', () => outgoing.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  // Whichever side breaks, the other one is told by the connection that ends.
  inner.on('error', () => outgoing.destroy());
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) inner.destroy();
  });
  incoming.pipe(inner);
}
