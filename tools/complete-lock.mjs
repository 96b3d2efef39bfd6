#!/usr/bin/env node
// Completes package-lock.json after `npm install` against a registry that has this platform's binaries only: npm leaves
// the other platforms' optional packages out of the lock, and `npm ci` then refuses it. Run it after changing a
// dependency; it writes nothing when nothing is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(fileURLToPath(import.meta.url)), '../package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

let added = 0;
for (const [place, parent] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    if (!find(place, name)) add(place, parent, name, range);
  }
}
if (added > 0) {
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
}
process.stdout.write(`${added} packages of other platforms added to package-lock.json\n`);

/** As Node looks a package up: beside the one that asks, then further and further out. */
function find(place, name) {
  for (let at = place; ; at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : '') {
    const found = packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`];
    if (found) return found;
    if (at === '') return undefined;
  }
}

function add(place, parent, name, range) {
  const version = /\d+\.\d+\.\d+\S*/.exec(range)?.[0];
  if (!version) return;
  packages[packages[`node_modules/${name}`] ? `${place}/node_modules/${name}` : `node_modules/${name}`] = {
    version,
    ...(parent.dev && { dev: true }),
    optional: true,
    ...platformOf(name),
  };
  added++;
}

/** Binaries name their platform: `@scope/thing-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[-/@]/);
  const os = [
    'android',
    'darwin',
    'freebsd',
    'linux',
    'netbsd',
    'openbsd',
    'openharmony',
    'sunos',
    'aix',
    'win32',
  ].filter((word) => words.includes(word));
  if (words.includes('windows')) os.push('win32');
  const cpus = {
    arm: 'arm',
    arm64: 'arm64',
    x64: 'x64',
    ia32: 'ia32',
    ppc64: 'ppc64',
    riscv64: 'riscv64',
    s390x: 's390x',
    loong64: 'loong64',
    wasm32: 'wasm32',
  };
  const cpu = Object.keys(cpus).filter((word) => words.includes(word));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : [];
  return { ...(cpu.length > 0 && { cpu }), ...(os.length > 0 && { os }), ...(libc.length > 0 && { libc }) };
}
