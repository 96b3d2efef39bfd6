/**
 * The rule files that globs name, read whole: one that cannot be read refuses all of them. Ten thousand rules take
 * seconds to read, so YAML, the greater part of it, is read on another thread, and the rest in slices.
 */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Clock, log, Pace } from '#kit';
import { Refusal } from '#model';
import { readApart } from './apart.ts';
import { groupOf, type RuleFileDeps, ruleOf } from './rulefile.ts';
import type { GroupSpec, RuleSpec } from './spec.ts';
import { readWritten, type WrittenFile } from './written.ts';

/** Larger files are read apart: to begin a thread takes longer than to read a small one. */
const smallCharsMax = 64 * 1024;

/** Refuses with CONFIG_INVALID. Groups come in the order of their files and names. */
export async function readRuleFiles(
  patterns: readonly string[],
  deps: RuleFileDeps & { readonly clock: Clock },
): Promise<GroupSpec[]> {
  const groups: GroupSpec[] = [];
  const pace = new Pace(deps.clock);
  let { rulesMax } = deps;
  for (const file of filesOf(patterns)) {
    const written = await readFileWritten(file, rulesMax);
    for (const note of written.notes) log.warn({ file, note }, 'rules');
    for (const group of written.groups) {
      const rules: RuleSpec[] = [];
      for (const rule of group.rules) {
        if (pace.isDue) await pace.rest();
        rules.push(ruleOf(rule, group, deps.parse));
      }
      groups.push(groupOf(group, rules, { ...deps, file }));
      rulesMax -= rules.length;
    }
  }
  return groups.sort((a, b) => compare(a.file, b.file) || compare(a.name, b.name));
}

/** A pattern without wildcards names a file that has to be there; the others may find none. */
function filesOf(patterns: readonly string[]): string[] {
  const files = new Set<string>();
  for (const pattern of patterns) {
    const found = /[*?[{]/.test(pattern) ? globSync(pattern) : [pattern];
    if (found.length === 0) log.warn({ pattern }, 'no rule file is there');
    for (const file of found) files.add(file);
  }
  return [...files].sort();
}

async function readFileWritten(file: string, rulesMax: number): Promise<WrittenFile> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new Refusal(`cannot read the rules in ${file}: ${cause.message}`, { code: 'CONFIG_INVALID', cause });
  });
  return text.length > smallCharsMax ? readApart({ text, file, rulesMax }) : readWritten(text, file, rulesMax);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
