/**
 * A person's own SELECT, over the rows of their tenant. Wherever it names a table, it is given a subquery of another name
 * that holds this tenant's rows alone: the table itself is out of its reach, whichever way it is written. Around that
 * stand the engine's fence around readers (one SELECT; no settings, files or other databases) and the reader's bounds.
 */
import { type Fence, guardReader, insideQuotes, tokensOf } from '@farol/engine';
import { Refusal } from '#model';
import { type AskLimits, inspect, table } from './ask.ts';
import type { OwnSelect, OwnTable } from './contract.ts';
import { refusalOf } from './refusals.ts';
import { identifier, int, joinSql, type Sql, sql, text } from './sql.ts';
import type { Wire } from './wire.ts';

export async function selectOwn(wire: Wire, asked: OwnSelect, limits: AskLimits): Promise<OwnTable> {
  const known = await knownNames(wire, asked, limits);
  const question = fenced(asked.text, known);
  try {
    const { columns, rows } = await table(wire, overOwnRows(question, asked, known), asked, limits);
    const more = rows.length > asked.rowsMax;
    return {
      columns: columns.map(({ name, type }) => ({ name: unmade(name), type })),
      rows: more ? rows.slice(0, asked.rowsMax) : rows,
      more,
    };
  } catch (error) {
    throw told(error, known, asked.signal);
  }
}

interface Known {
  readonly fence: Fence;
  readonly database: string;
  /** Those whose rows belong to tenants. */
  readonly tables: readonly string[];
}

async function knownNames(wire: Wire, asked: OwnSelect, limits: AskLimits): Promise<Known> {
  const [row] = await inspect<{ db: string; databases: string[]; functions: string[]; tables: string[] }>(
    wire,
    sql`SELECT currentDatabase() AS db,
      (SELECT groupArray(lower(name)) FROM system.databases) AS databases,
      (SELECT groupArray(lower(name)) FROM system.table_functions) AS functions,
      (SELECT groupUniqArray(table) FROM system.columns
        WHERE database = currentDatabase() AND name = 'tenant') AS tables`,
    asked,
    limits,
  );
  if (row === undefined) throw new Error('a SELECT of constants gave no row');
  // Some databases exist without being listed.
  const databases = new Set([...row.databases, 'system', 'information_schema', '_temporary_and_external_tables']);
  return { fence: { databases, tableFunctions: new Set(row.functions) }, database: row.db, tables: row.tables };
}

/** The question without comments and with every table's name made the subquery's; refuses what a reader may not do. */
function fenced(question: string, known: Known): string {
  try {
    return renamed(guardReader(question, known.fence), new Set(known.tables));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw told(error, known);
  }
}

function renamed(question: string, tables: ReadonlySet<string>): string {
  let made = '';
  let depth = 0;
  let last = '';
  for (const { kind, start, end } of tokensOf(question)) {
    const word = question.slice(start, end);
    if (word === '(') depth++;
    // A parenthesis too many would end the subquery that the question is put in.
    if (word === ')' && --depth < 0) throw new Refusal('there is a ")" too many in the query', { code: 'BAD_REQUEST' });
    const name = kind === 'quoted' ? insideQuotes(word) : word;
    const isTable = (kind === 'word' || kind === 'quoted') && last !== '.' && tables.has(name);
    if (word !== ';') made += isTable ? madePrefix + name : word;
    if (kind !== 'space') last = word;
  }
  return made;
}

const madePrefix = 'own_rows_of_';
const unmade = (said: string): string => said.replaceAll(madePrefix, '');

/** Written out: ClickHouse's own parser takes no parameter there. */
const subqueryName = (name: string): Sql => ({
  kind: 'sql',
  parts: [`\`${name.replaceAll(/[`\\]/g, '\\$&')}\``],
  values: [],
});

function overOwnRows(question: string, { tenant, rowsMax }: OwnSelect, { database, tables }: Known): Sql {
  const subqueries = tables.map(
    (name) => sql`${subqueryName(madePrefix + name)} AS (
      SELECT * FROM ${identifier(database)}.${identifier(name)} WHERE tenant = ${text(tenant)})`,
  );
  const asked: Sql = { kind: 'sql', parts: [question], values: [] };
  return sql`WITH ${joinSql(subqueries, ', ')} SELECT * FROM (\n${asked}\n) LIMIT ${int(rowsMax + 1)}`;
}

const saidCharsMax = 500;

/** ClickHouse's own words about the question: whoever wrote SQL must hear what is wrong with it. */
function told(error: unknown, { tables }: Known, signal?: AbortSignal): Refusal {
  const refusal = refusalOf(error, signal);
  if (refusal.code !== 'QUERY_FAILED') return refusal;
  const said = unmade((error as Error).message)
    .replace(/^Code: \d+\. DB::Exception: /, '')
    // Of the statement around it.
    .replace(/ at position \d+/, '')
    .replace(/ \(line \d+, col \d+\)/, '')
    .replace(/: While processing[\s\S]*| In scope WITH[\s\S]*|\. Expected one of:[\s\S]*|\(version [\s\S]*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const hint = /^Unknown table/i.test(said) ? `; there are ${tables.toSorted().join(', ')}` : '';
  return new Refusal(said.slice(0, saidCharsMax) + hint, { code: 'BAD_REQUEST', cause: error });
}
