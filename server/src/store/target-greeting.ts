/**
 * The first words with a ClickHouse that is not ours: who it is, whether it is new enough, and whether the database is
 * there. What goes wrong at the start is for the one who gave the address to mend, so here ClickHouse's own words count.
 */
import { addAbortSignal } from 'node:stream';
import { Refusal } from '#model';
import { clickHouseCode } from './refusals.ts';
import { literal, type Sql, sql, text } from './sql.ts';
import { type Endpoint, openWire, type Wire } from './wire.ts';

/** The text index of `logs` is the youngest thing the tables need: 26.1 still refuses it. */
const versionMin = [26, 2] as const;

const patienceMs = 10_000;

/** Resolves to ClickHouse's version. Refuses with CONFIG_INVALID, naming the address and the way out. */
export async function greet(endpoint: Endpoint, cluster: string | undefined): Promise<string> {
  const { url, database } = endpoint;
  await using wire = openWire({ ...endpoint, database: 'default' });
  const asking = { signal: AbortSignal.timeout(patienceMs), url };
  try {
    const version = await oneLine(wire, sql`SELECT version()`, asking);
    assertClickHouse(version, url);
    assertVersion(version, url);
    const known = sql`SELECT count() FROM system.databases WHERE name = ${text(database)}`;
    if ((await oneLine(wire, known, asking)) === '0') await createDatabase(wire, database, cluster);
    return version;
  } catch (error) {
    const refused = startRefusal(error, endpoint);
    // An answer in no words of ClickHouse is all that the client has to say.
    const isForeign = refused === error && error instanceof Error && error.constructor === Error;
    throw isForeign ? notClickHouse(error.message, url, error) : refused;
  }
}

/** One that is there is left alone: in a cluster a statement for all machines fails when one of them is away. */
async function createDatabase(wire: Wire, database: string, cluster: string | undefined): Promise<void> {
  const where = cluster === undefined ? '' : ` ON CLUSTER ${literal(cluster)}`;
  await wire.command(`CREATE DATABASE IF NOT EXISTS \`${database}\`${where}`);
}

const lineCharsMax = 1_000;

interface Asking {
  readonly signal: AbortSignal;
  readonly url: string;
}

async function oneLine(wire: Wire, query: Sql, { signal, url }: Asking): Promise<string> {
  try {
    const answer = await wire.inspect(query, 'TabSeparated', { signal, msMax: patienceMs });
    addAbortSignal(signal, answer);
    let said = '';
    for await (const chunk of answer) {
      said += chunk;
      if (said.length > lineCharsMax) break;
    }
    return said.trim();
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw invalid(
      `ClickHouse at ${url} (--store) did not answer within ${patienceMs / 1000} s: a firewall, or not its HTTP port?`,
      cause,
    );
  }
}

function assertClickHouse(said: string, url: string): void {
  if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(said)) throw notClickHouse(said, url);
}

function assertVersion(version: string, url: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > versionMin[0] || (major === versionMin[0] && minor >= versionMin[1])) return;
  throw invalid(`ClickHouse at ${url} (--store) is ${version}, Farol needs ${versionMin.join('.')} or newer`);
}

const outsiderCodes = new Set([192, 193, 194, 516]);

/** What kept Farol from starting on this ClickHouse, in a sentence. What is no failure of ClickHouse stays what it is. */
export function startRefusal(error: unknown, { url, username = 'default' }: Endpoint): unknown {
  if (error instanceof Refusal && error.code === 'CONFIG_INVALID') return error;
  const cause = error instanceof Refusal ? error.cause : error;
  if (!(cause instanceof Error)) return error;
  const code = clickHouseCode(cause);
  const said = wordsOf(cause.message);
  if (code !== undefined && outsiderCodes.has(code))
    return invalid(`ClickHouse at ${url} does not let user "${username}" in: wrong user or password in --store`, cause);
  if (code === 195)
    return invalid(`ClickHouse at ${url} does not let user "${username}" in from this machine: ${said}`, cause);
  if (code === 164)
    return invalid(`user "${username}" of ClickHouse at ${url} may only read, Farol also writes: ${said}`, cause);
  if (code === 291 || code === 497)
    return invalid(`user "${username}" of ClickHouse at ${url} lacks a right (docs/clickhouse.md): ${said}`, cause);
  if (code !== undefined) return invalid(`ClickHouse at ${url} refused what Farol needs at its start: ${said}`, cause);
  const { code: reason } = cause as NodeJS.ErrnoException;
  return reason === undefined ? error : unreachable(reason, url, cause);
}

function unreachable(reason: string, url: string, cause: Error): Refusal {
  const isTls = url.startsWith('https:');
  let hint = '';
  if (/CERT|SIGNATURE|ALTNAME/.test(reason)) hint = '; NODE_EXTRA_CA_CERTS=file.pem names an authority of your own';
  else if (isTls && /EPROTO|SSL/.test(reason)) hint = '; what listens there does not speak TLS: is it http://?';
  else if (/^HPE_/.test(reason)) hint = '; what listens there does not speak HTTP (ClickHouse does on 8123)';
  else if (reason === 'ECONNRESET' && !isTls) hint = '; it hung up: does it want TLS (https://, port 8443)?';
  return invalid(`ClickHouse at ${url} (--store) cannot be reached: ${reason}${hint}`, cause);
}

function notClickHouse(said: string, url: string, cause?: Error): Refusal {
  const words = wordsOf(said.replaceAll(/<[^>]*>/g, ' '));
  return invalid(
    `what answers at ${url} (--store) is not ClickHouse's HTTP interface (port 8123, with TLS 8443); ` +
      (words === '' ? 'it says nothing' : `it says "${words.slice(0, 100)}"`),
    cause,
  );
}

const wordCharsMax = 300;

/** Without what the line is wrapped in, by old servers too. */
function wordsOf(message: string): string {
  return message
    .replace(/^Code: \d+[.,] (e\.displayText\(\) = )?DB::Exception: /, '')
    .replace(/, e\.what\(\) = .*$| \(version .*$/s, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, wordCharsMax);
}

function invalid(message: string, cause?: unknown): Refusal {
  return new Refusal(message, { code: 'CONFIG_INVALID', cause });
}
