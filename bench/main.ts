/**
 * `npm run bench [-- sections] [--quick]`: measures Farol as a user runs it, prints what it finds, and writes it to
 * results.md with the machine named.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machineNamed } from './machine.ts';
import { type Finding, printed } from './report.ts';
import { full, quick, type Scale } from './scale.ts';
import { ingest } from './sections/ingest.ts';
import { logs } from './sections/logs.ts';
import { memory } from './sections/memory.ts';
import { promql } from './sections/promql.ts';
import { start } from './sections/start.ts';
import { traces } from './sections/traces.ts';

const sections: Readonly<Record<string, (scale: Scale) => Promise<Finding>>> = {
  start,
  memory,
  ingest,
  traces,
  logs,
  promql,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in sections));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error('the benchmarks read /proc, so they need Linux');
  process.exit(2);
}

const scale = values.quick ? quick : full;
const texts = [
  `# Benchmarks\n\n${machineNamed()}\n\n${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${scale.name} scale.`,
];
console.log(texts[0]);
let failures = 0;
for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
  const text = await run(name);
  texts.push(text);
  console.log(`\n${text}`);
  // After each section, so that a long run that is stopped leaves what it found.
  writeFileSync(new URL('./results.md', import.meta.url), `${texts.join('\n\n')}\n`);
}
process.exit(failures > 0 ? 1 : 0);

async function run(name: string): Promise<string> {
  process.stderr.write(`… ${name}\n`);
  try {
    const section = sections[name];
    if (!section) throw new Error(`no section ${name}`);
    return printed(await section(scale));
  } catch (error) {
    failures++;
    return `## ${name}\n\nFailed: ${(error as Error).stack}`;
  }
}
