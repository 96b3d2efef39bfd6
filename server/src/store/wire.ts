/**
 * The one way to ClickHouse, embedded or not: `@clickhouse/client` over HTTP. Retries nothing and translates nothing;
 * errors are the client's own (see refusals.ts).
 */
import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { openWork } from '#kit';
import { createPlaces } from './places.ts';
import { renderSql, type Sql } from './sql.ts';

export interface Endpoint {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database: string;
  readonly agent?: Agent;
  /** Readers' queries at once. */
  readonly readsMax: number;
}

export interface Insert {
  readonly table: string;
  readonly columns: string;
  /** `Native`, in pieces. Must not change until the insert has returned. */
  readonly native: readonly Buffer[];
  /** Two inserts with the same token and bytes are one. */
  readonly token: string;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly msMax: number;
}

export interface Wire extends AsyncDisposable {
  insert(insert: Insert): Promise<void>;
  /** DDL and settings; never with words of a user in it. */
  command(text: string): Promise<void>;
  /** Runs as a reader (readonly = 1) and gives the answer's bytes in `format`. */
  read(query: Sql, format: string, options: ReadOptions): Promise<Readable>;
  /** The same with our own rights, for questions about `system` tables; never with words of a user in it. */
  inspect(query: Sql, format: string, options: ReadOptions): Promise<Readable>;
}

export function openWire(endpoint: Endpoint): Wire {
  const agent = endpoint.agent ?? agentTo(endpoint.url);
  const client = clientOf({ ...endpoint, agent }, 130_000);
  // What changes the tables may copy them first.
  const patient = clientOf({ ...endpoint, agent }, 86_400_000);
  const places = createPlaces(endpoint.readsMax);
  // The embedded engine ends a query whose reader has left. A ClickHouse server does when it next tells of its progress,
  // which a query that has read all of its rows does no more.
  const isElsewhere = endpoint.agent === undefined;
  const leave = (queryId: string) =>
    client.command({ query: `KILL QUERY WHERE query_id = '${queryId}' ASYNC` }).catch(() => undefined);
  const select = async (query: Sql, format: string, { signal, msMax }: ReadOptions, settings: ClickHouseSettings) => {
    // The client only hears of what happens to a signal from here on.
    signal.throwIfAborted();
    const { text, params } = renderSql(query);
    const max_execution_time = Math.max(1, Math.ceil(msMax / 1000));
    const unit = openWork('store.query', 'client');
    const query_id = randomUUID();
    const left = () => void leave(query_id);
    if (isElsewhere) signal.addEventListener('abort', left, { once: true });
    unit.set({ 'db.system.name': 'clickhouse', 'db.query.text': text.slice(0, sqlCharsMax), ...shown(params) });
    try {
      const { stream, summary } = await client.exec({
        query: `${text}\nFORMAT ${format}`,
        query_id,
        query_params: params,
        abort_signal: signal,
        clickhouse_settings: { ...settings, max_execution_time, ...(text.length > textCharsUsual && longText) },
      });
      if (summary !== undefined) unit.set({ 'farol.first_block_rows': Number(summary.read_rows) });
      stream.once('close', () => {
        unit.end();
        signal.removeEventListener('abort', left);
        if (isElsewhere && !stream.readableEnded && !signal.aborted) left();
      });
      return stream;
    } catch (error) {
      signal.removeEventListener('abort', left);
      unit.end({ error: error as Error });
      throw error;
    }
  };
  return {
    insert: async ({ table, columns, native, token }) => {
      // The settings stand in the text: the embedded engine then needs no other statement to set them.
      const settings = `${insertSettings}, insert_deduplication_token = '${token}'`;
      const { stream } = await client.exec({
        query: `INSERT INTO ${table} (${columns}) SETTINGS ${settings} FORMAT Native`,
        values: Readable.from(native, { objectMode: false }),
      });
      await drain(stream);
    },
    command: async (text) => {
      await patient.command({ query: text });
    },
    async read(query, format, options) {
      const giveBack = await places.take(options.signal);
      try {
        const answer = await select(query, format, options, readerSettings);
        answer.once('close', giveBack);
        return answer;
      } catch (error) {
        giveBack();
        throw error;
      }
    },
    inspect: (query, format, options) => select(query, format, options, {}),
    async [Symbol.asyncDispose]() {
      await Promise.all([client.close(), patient.close()]);
    },
  };
}

/** An idle connection ends a second before the server would end it; its word is heeded below a limit of the agent's own. */
function agentTo(url: string): Agent {
  const options = { keepAlive: true, maxSockets: connectionsMax, timeout: 600_000 };
  return url.startsWith('https:') ? new TlsAgent(options) : new Agent(options);
}

const connectionsMax = 32;

function clientOf(endpoint: Endpoint & { agent: Agent }, msMax: number): ClickHouseClient {
  const { url, username, password, database, agent } = endpoint;
  return createClient({
    url,
    database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    http_agent: agent,
    // The client's own timer for idle connections outlives a request that was aborted early, and then ends another's.
    keep_alive: { enabled: true, idle_socket_ttl: 0 },
    application: 'farol',
    request_timeout: msMax,
    max_open_connections: connectionsMax,
    compression: { request: false, response: false },
    use_multipart_params_auto: true,
    // Its errors reach us as rejections; a second copy on the console would be noise.
    log: { level: ClickHouseLogLevel.OFF },
  });
}

/**
 * One insert is one block, so that one day of it is one part; and it returns when the part is there. Its skip indexes
 * (the text index costs as much as the rest of a log line) are made by the first merge; until then a part is read whole.
 */
const insertSettings = [
  'async_insert = 0',
  'materialize_skip_indexes_on_insert = 0',
  'insert_deduplicate = 1',
  'max_insert_block_size = 4000000',
  'max_partitions_per_insert_block = 0',
  'distributed_foreground_insert = 1',
].join(', ');

const readerSettings: ClickHouseSettings = {
  readonly: '1',
  cancel_http_readonly_queries_on_client_close: 1,
  http_write_exception_in_output_format: 0,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 0,
};

/** ClickHouse reads 262,144 bytes of a text unless it is told to read more; the embedded engine is told once. */
const textCharsUsual = 60_000;
const longText: ClickHouseSettings = { max_query_size: '67108864' };

/** A statement that names thousands of series is known by its beginning. */
const sqlCharsMax = 4_000;
const parameterCharsMax = 200;
const parameterItemsMax = 20;

function shown(params: Record<string, unknown>): Record<string, string> {
  const named = Object.entries(params).map(([name, value]) => {
    const text = String(Array.isArray(value) ? value.slice(0, parameterItemsMax) : value);
    return [`db.query.parameter.${name}`, text.slice(0, parameterCharsMax)];
  });
  return Object.fromEntries(named);
}

async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream) {
    // An insert answers with nothing; the end of the answer is what counts.
  }
}
