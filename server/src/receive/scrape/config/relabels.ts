/** Relabelling rules as written, with Prometheus' defaults and refusals. */

import { type ConfigNode, fields, invalidAt, isNull, list, type Reader, text } from '#kit/yamltree';
import { anyPattern, compileAnchored, isLabelName, type RelabelAction, type RelabelRule } from '../relabel.ts';

const actions: readonly string[] = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] satisfies RelabelAction[];

/** Rules whose names are checked later: the naming scheme is the job's. */
export type RelabelDraft = (legacyNames: boolean) => RelabelRule;

export function relabelRules(kind: string): Reader<RelabelDraft[]> {
  return list(relabelRule, `empty or null ${kind} relabeling rule in scrape config`);
}

const shape = {
  source_labels: list(text),
  separator: emptyIfNull,
  regex: emptyIfNull,
  modulus: emptyIfNull,
  target_label: text,
  replacement: emptyIfNull,
  action: emptyIfNull,
};

function emptyIfNull(at: ConfigNode): string {
  return isNull(at) ? '' : (text(at) ?? '');
}

function relabelRule(at: ConfigNode): RelabelDraft {
  const found = fields(at, shape);
  const action = (found.action ?? 'replace').toLowerCase();
  if (action !== '' && !actions.includes(action))
    throw invalidAt(at, `unknown relabel action ${JSON.stringify(found.action)}`);
  const modulus = found.modulus ?? '0';
  if (!/^\d{1,20}$/.test(modulus)) throw invalidAt(at, `modulus ${JSON.stringify(modulus)} is no whole number`);
  const pattern = found.regex ?? anyPattern;
  const rule: Omit<RelabelRule, 'legacyNames'> = {
    action: action as RelabelAction,
    sourceLabels: found.source_labels ?? [],
    separator: found.separator ?? ';',
    pattern,
    regex: compiled(at, pattern),
    modulus: BigInt(modulus),
    targetLabel: found.target_label ?? '',
    replacement: found.replacement ?? '$1',
  };
  return (legacyNames) => {
    const problem = problemOf({ ...rule, legacyNames }, found.source_labels !== undefined);
    if (problem !== undefined) throw invalidAt(at, problem);
    return { ...rule, legacyNames };
  };
}

function compiled(at: ConfigNode, pattern: string): RelabelRule['regex'] {
  try {
    return compileAnchored(pattern);
  } catch (error) {
    throw invalidAt(at, `regex ${JSON.stringify(pattern)} is not RE2: ${(error as Error).message}`);
  }
}

/** A label name of the old alphabet in which variables (`$1`, `${name}`) stand for letters. One way to match, so linear. */
const legacyTemplate = /^(?:[a-zA-Z_]|\$\{\w+\}|\$\w)(?:\w|\$\{\w+\}|\$\w)*$/;

function problemOf(rule: RelabelRule, hasSourceLabels: boolean): string | undefined {
  const { action, targetLabel, replacement, legacyNames } = rule;
  if ((action as string) === '') return 'relabel action cannot be empty';
  if (action === 'hashmod' && rule.modulus === 0n) return 'relabel configuration for hashmod requires non-zero modulus';
  if (needsTarget(action) && targetLabel === '') {
    return `relabel configuration for ${action} action requires 'target_label' value`;
  }
  if (needsTarget(action) && !isTarget(rule))
    return `${JSON.stringify(targetLabel)} is invalid 'target_label' for ${action} action`;
  const isCase = action === 'lowercase' || action === 'uppercase';
  const isEqual = action === 'keepequal' || action === 'dropequal';
  if ((isCase || isEqual) && replacement !== '$1') return `'replacement' can not be set for ${action} action`;
  if (action === 'labelmap' && !isTemplate(replacement, legacyNames)) {
    return `${JSON.stringify(replacement)} is invalid 'replacement' for ${action} action`;
  }
  if (isEqual && (rule.pattern !== anyPattern || rule.modulus !== 0n || rule.separator !== ';')) {
    return `${action} action requires only 'source_labels' and 'target_label', and no other fields`;
  }
  const isFilter = action === 'labeldrop' || action === 'labelkeep';
  const hasMore =
    hasSourceLabels || targetLabel !== '' || rule.modulus !== 0n || rule.separator !== ';' || replacement !== '$1';
  return isFilter && hasMore ? `${action} action requires only 'regex', and no other fields` : undefined;
}

function needsTarget(action: RelabelAction): boolean {
  return !['keep', 'drop', 'labelmap', 'labeldrop', 'labelkeep'].includes(action);
}

function isTarget({ action, targetLabel, legacyNames }: RelabelRule): boolean {
  return action === 'replace' ? isTemplate(targetLabel, legacyNames) : isLabelName(targetLabel, legacyNames);
}

function isTemplate(name: string, legacyNames: boolean): boolean {
  if (!name.includes('$')) return isLabelName(name, legacyNames);
  return legacyNames ? legacyTemplate.test(name) : name.isWellFormed();
}
