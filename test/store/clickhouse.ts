/**
 * A real ClickHouse with a user of its own, who has the rights that docs/clickhouse.md names: what stands in the engine's
 * library besides the engine, ClickHouse's HTTP front and access control, in a process that can be killed and started
 * again. Before it stands a door on a port that stays the same, which can be shut and opened.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../kit/until.ts';
import { openDoor } from './door.ts';

const user = 'farol';
export const password = 's3cret/p@ss';
const database = 'telemetry';

/** Whether a ClickHouse can be started here; says so loudly when it cannot, since its tests are then skipped. */
export function hasClickHouse(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    if (existsSync(libraryPath())) return true;
  } catch {
    // Told below.
  }
  console.warn('no python3, or no libchdb.so, is installed here: the tests over a real ClickHouse are skipped');
  return false;
}

export interface ClickHouse extends AsyncDisposable {
  /** For `--store`. */
  urlWith(password: string): string;
  readonly port: number;
  readonly pid: number;
  /** With all rights, or as Farol's user; the answer as TabSeparated. Throws what ClickHouse says when it refuses. */
  ask(query: string, as?: 'farol'): Promise<string>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Again, over the same data. */
  start(): Promise<void>;
  /** Connections are cut in the middle, and new ones refused. ClickHouse goes on with what it has received. */
  shut(): Promise<void>;
  /** Requests are carried out, but their answers never arrive. */
  muffle(): Promise<void>;
  /** As in the beginning, on the same port. */
  open(): Promise<void>;
}

interface ClickHouseOptions {
  /** Of the user's profile. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export async function startClickHouse({ settings = {} }: ClickHouseOptions = {}): Promise<ClickHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'farol-clickhouse-'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const users = file('users.xml', usersXml(settings));
  const config = file('config.xml', `<clickhouse><users_config>${users}</users_config></clickhouse>`);
  let life: ChildProcess | undefined;
  let inner = 0;

  async function start(): Promise<void> {
    const portFile = join(folder, 'port');
    rmSync(portFile, { force: true });
    mkdirSync(join(folder, 'data'), { recursive: true });
    const at = [`--config-file=${config}`, `--path=${join(folder, 'data')}`, '--listen_host=127.0.0.1'];
    const query = `
      SYSTEM START LISTEN HTTP;
      SELECT getServerPort('http_port') INTO OUTFILE '${portFile}' FORMAT TSV;
      SELECT sleepEachRow(3) FROM numbers(1000000)
      SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 3000000 FORMAT Null`;
    const flags = [...at, '--http_port=0', '--log-level=none', `--query=${query}`];
    const child = spawn('python3', [script, libraryPath(), ...flags], {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    life = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
    const portOf = () => (existsSync(portFile) ? /^(\d+)\n$/.exec(readFileSync(portFile, 'utf8'))?.[1] : undefined);
    await until(() => child.exitCode !== null || portOf() !== undefined, 60_000, 'ClickHouse to listen');
    inner = Number(portOf());
    if (child.exitCode !== null) throw new Error(`ClickHouse ended at once:\n${said}`);
  }

  async function kill(): Promise<void> {
    if (life === undefined || life.exitCode !== null || life.signalCode !== null) return;
    const gone = once(life, 'close');
    life.kill('SIGKILL');
    await gone;
  }

  await start();
  const door = await openDoor(() => inner);
  return {
    urlWith: (word) => `http://${user}:${encodeURIComponent(word)}@127.0.0.1:${door.port}/${database}`,
    port: door.port,
    get pid() {
      return life?.pid ?? 0;
    },
    async ask(query, as) {
      const headers = as && { authorization: `Basic ${btoa(`${user}:${password}`)}` };
      const at = `http://127.0.0.1:${inner}/?database=${database}`;
      const answer = await fetch(at, { method: 'POST', body: query, ...(headers && { headers }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      return text;
    },
    kill,
    start,
    shut: door.shut,
    muffle: door.muffle,
    open: door.open,
    async [Symbol.asyncDispose]() {
      await door.shut();
      await kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const script = fileURLToPath(new URL('clickhouse.py', import.meta.url));
const docs = fileURLToPath(new URL('../../docs/clickhouse.md', import.meta.url));

/** The one that the engine loads. */
function libraryPath(): string {
  const fromChdb = createRequire(createRequire(import.meta.resolve('@farol/engine')).resolve('chdb'));
  return fromChdb.resolve(`@chdb/lib-${process.platform}-${process.arch}-gnu/libchdb.so`);
}

/** The user that our own page tells people to create, and for the tests one who may do everything. */
function usersXml(settings: Readonly<Record<string, string | number>>): string {
  const page = readFileSync(docs, 'utf8').split('## A cluster')[0] ?? '';
  const grants = [...page.matchAll(/^\s*(GRANT .+) TO farol;$/gm)].map(([, grant]) => `<query>${grant}</query>`);
  const profile = Object.entries(settings).map(([name, value]) => `<${name}>${value}</${name}>`);
  const from = '<networks><ip>127.0.0.1</ip></networks><quota>default</quota>';
  return `<clickhouse>
    <profiles><default/><farol>${profile.join('')}</farol></profiles>
    <quotas><default/></quotas>
    <users>
      <default><password/>${from}<profile>default</profile></default>
      <${user}>
        <password>${password}</password>${from}<profile>farol</profile><grants>${grants.join('')}</grants>
      </${user}>
    </users>
  </clickhouse>`;
}
