/** The rule files that globs name, read whole: one that cannot be read refuses all of them. */
import { globSync, readFileSync } from 'node:fs';
import { log } from '#kit';
import { Refusal } from '#model';
import { type RuleFileDeps, readRuleFile } from './rulefile.ts';
import type { GroupSpec } from './spec.ts';

/** Refuses with CONFIG_INVALID. Groups come in the order of their files and names. */
export function readRuleFiles(patterns: readonly string[], deps: RuleFileDeps): GroupSpec[] {
  const groups: GroupSpec[] = [];
  let rulesMax = deps.rulesMax;
  for (const file of filesOf(patterns)) {
    const read = readRuleFile(readFile(file), file, { ...deps, rulesMax });
    for (const note of read.notes) log.warn({ file, note }, 'rules');
    groups.push(...read.groups);
    rulesMax -= read.groups.reduce((sum, { rules }) => sum + rules.length, 0);
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

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Refusal(`cannot read the rules in ${file}: ${(cause as Error).message}`, {
      code: 'CONFIG_INVALID',
      cause,
    });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
