/** A look at the tables themselves, by an engine of its own, when the product is not running. */
import { createClient } from '@clickhouse/client';
import { startEngine } from '@farol/engine';
import { service } from './load.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function countsOf(dataDir: string): Promise<{ logsDoubled: number; spansDoubled: number }> {
  await using engine = await startEngine({ dataDir, database: 'farol', log: silent });
  const client = createClient({ url: engine.url, http_agent: engine.httpAgent, database: engine.database });
  const doubled = async (table: string, identity: string) => {
    const query = `SELECT count() - uniqExact(${identity}) AS doubled FROM ${table} WHERE service = {service:String}`;
    const answer = await client.query({ query, query_params: { service }, format: 'JSONEachRow' });
    return Number((await answer.json<{ doubled: string }>())[0]?.doubled);
  };
  return { logsDoubled: await doubled('logs', 'body'), spansDoubled: await doubled('spans', 'span_id') };
}
