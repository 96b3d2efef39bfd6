/** Relabelling rules, applied as Prometheus applies them. Patterns are RE2 and anchored at both ends. */
import { createHash } from 'node:crypto';
import { type Matcher, RE2JS } from 're2js';
import { expandTemplate } from './template.ts';

export type RelabelAction =
  | 'replace'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'hashmod'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep'
  | 'lowercase'
  | 'uppercase';

export interface RelabelRule {
  readonly action: RelabelAction;
  readonly sourceLabels: readonly string[];
  readonly separator: string;
  /** As written; `regex` is the same, compiled. */
  readonly pattern: string;
  readonly regex: RE2JS;
  readonly modulus: bigint;
  readonly targetLabel: string;
  readonly replacement: string;
  /** Names in the old alphabet only (`metric_name_validation_scheme: legacy`). */
  readonly legacyNames: boolean;
}

export const anyPattern = '(.*)';

/** Throws re2js' own error when the pattern is not RE2. */
export function compileAnchored(pattern: string): RE2JS {
  return RE2JS.compile(`^(?s:${pattern})$`);
}

export function isLabelName(name: string, legacy: boolean): boolean {
  return legacy ? /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) : name !== '' && name.isWellFormed();
}

/** Changes `labels` in place. False when a rule says to drop them. */
export function relabel(labels: Map<string, string>, rules: readonly RelabelRule[]): boolean {
  return rules.every((rule) => applyRule(labels, rule));
}

function applyRule(labels: Map<string, string>, rule: RelabelRule): boolean {
  const value = rule.sourceLabels.map((name) => labels.get(name) ?? '').join(rule.separator);
  switch (rule.action) {
    case 'keep':
      return rule.regex.matches(value);
    case 'drop':
      return !rule.regex.matches(value);
    case 'keepequal':
      return (labels.get(rule.targetLabel) ?? '') === value;
    case 'dropequal':
      return (labels.get(rule.targetLabel) ?? '') !== value;
    case 'replace':
      replace(labels, rule, value);
      return true;
    case 'lowercase':
      set(labels, rule.targetLabel, value.toLowerCase());
      return true;
    case 'uppercase':
      set(labels, rule.targetLabel, value.toUpperCase());
      return true;
    case 'hashmod':
      set(labels, rule.targetLabel, String(hashOf(value) % rule.modulus));
      return true;
    case 'labelmap':
      mapNames(labels, rule);
      return true;
    case 'labeldrop':
      for (const name of [...labels.keys()]) if (rule.regex.matches(name)) labels.delete(name);
      return true;
    case 'labelkeep':
      for (const name of [...labels.keys()]) if (!rule.regex.matches(name)) labels.delete(name);
      return true;
  }
}

function replace(labels: Map<string, string>, rule: RelabelRule, value: string): void {
  const match = rule.regex.matcher(value);
  if (!match.matches()) return;
  const group = groupsOf(match);
  const target = expandTemplate(rule.targetLabel, group);
  if (isLabelName(target, rule.legacyNames)) set(labels, target, expandTemplate(rule.replacement, group));
}

function mapNames(labels: Map<string, string>, rule: RelabelRule): void {
  for (const [name, value] of [...labels]) {
    const match = rule.regex.matcher(name);
    if (match.matches()) set(labels, expandTemplate(rule.replacement, groupsOf(match)), value);
  }
}

function set(labels: Map<string, string>, name: string, value: string): void {
  if (value === '') labels.delete(name);
  else labels.set(name, value);
}

function groupsOf(match: Matcher): (name: string) => string {
  return (name) => {
    if (!/^(0|[1-9]\d{0,7})$/.test(name)) return namedGroup(match, name);
    const index = Number(name);
    return index <= match.groupCount() ? (match.group(index) ?? '') : '';
  };
}

function namedGroup(match: Matcher, name: string): string {
  const known = match.namedGroups;
  return Object.hasOwn(known, name) ? (match.group(name) ?? '') : '';
}

/** The last eight bytes of the MD5, big-endian: what Prometheus shards by. */
function hashOf(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8);
}
