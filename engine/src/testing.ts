/** For the tests of this room: an engine on a fresh directory with a client, both gone when the test is over. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type Engine, type EngineOptions, startEngine } from './index.ts';

export interface TestEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly client: ClickHouseClient;
  readonly dataDir: string;
  readonly states: string[];
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function startForTest(options: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'farol-engine-test-'));
  const states: string[] = [];
  const engine = await startEngine({
    database: 'farol',
    log: silent,
    ...options,
    dataDir,
    onState: (state) => void states.push(state),
  });
  const client = clientOf(engine);
  return {
    engine,
    client,
    dataDir,
    states,
    async [Symbol.asyncDispose]() {
      await client.close();
      await engine.close(1000);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function clientOf(engine: Engine): ClickHouseClient {
  const { url, httpAgent: http_agent, username, password, database } = engine;
  return createClient({ url, http_agent, username, password, database, log: { level: ClickHouseLogLevel.OFF } });
}

export const asReader = { readonly: '1' } as const;

/** The rows of a query as arrays, on a reader session. */
export async function rowsOf(client: ClickHouseClient, query: string, params: Record<string, unknown> = {}) {
  const answer = await client.query({
    query,
    query_params: params,
    format: 'JSONCompactEachRow',
    clickhouse_settings: asReader,
  });
  return (await answer.json()) as unknown[][];
}

export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The error's code, or undefined when there was none. */
export async function codeOf(answer: Promise<unknown>): Promise<string | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
