/**
 * `npm run bench [-- sections] [--quick]`: measures Farol as a user runs it, prints what it finds, and puts it into
 * results.md with the machine named. A quick run leaves results.md alone: its page goes to a folder that it names.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineNamed } from './machine.ts';
import { printed } from './report.ts';
import { keep } from './results.ts';
import { full, quick } from './scale.ts';
import { type Section, sections } from './sections/index.ts';
import { Sets } from './sets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const names = Object.keys(sections);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error('the benchmarks read /proc, so they need Linux');
  process.exit(2);
}

const scale = values.quick ? quick : full;
const dir = values.quick ? join(tmpdir(), 'farol-bench-quick') : fileURLToPath(new URL('.', import.meta.url));
const machine = machineNamed();
const chosen = names.filter((name) => positionals.length === 0 || positionals.includes(name));
const sets = new Sets(scale);
console.log(`${machine}\n${scale.name} scale: ${chosen.join(', ')}`);
let failures = 0;
for (const [index, name] of chosen.entries()) {
  const section = sections[name];
  if (!section) continue;
  if (!(await measured(name, section))) failures++;
  const later = chosen.slice(index + 1).map((other) => sections[other]?.set);
  if (section.set && !later.includes(section.set)) await sets.close(section.set);
}
console.log(`\nwritten to ${join(dir, 'results.md')}`);
process.exit(failures > 0 ? 1 : 0);

/** A section that fails leaves what was found of it before. */
async function measured(name: string, section: Section): Promise<boolean> {
  const beganMs = performance.now();
  process.stderr.write(`… ${name}\n`);
  try {
    const finding = await section.run({ scale, sets });
    keep(dir, name, { finding, machine, scale: scale.name, measuredAt: new Date().toISOString() }, names);
    console.log(`\n${printed(finding)}`);
    return true;
  } catch (error) {
    console.error(`\n${name} failed: ${(error as Error).stack}`);
    return false;
  } finally {
    process.stderr.write(`  ${name} took ${Math.round((performance.now() - beganMs) / 1000)} s\n`);
  }
}
