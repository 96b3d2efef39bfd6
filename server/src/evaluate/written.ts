/**
 * A rule file as it is written: YAML read and checked, as far as no expression or template has to be understood. What
 * it says goes through JSON whole, so that it can be read on another thread. Source: Prometheus' model/rulefmt/rulefmt.go.
 */
import { durationProblem, parseDurationMs } from '@farol/promql';
import {
  type ConfigNode,
  entries,
  fields,
  hasMoreDocuments,
  invalidAt,
  list,
  mapOf,
  parseYaml,
  placeOf,
  type Reader,
  text,
} from '#kit/yamltree';
import type { Refusal } from '#model';

export interface WrittenFile {
  readonly groups: Iterable<WrittenGroup>;
  readonly notes: readonly string[];
}

export interface WrittenGroup {
  readonly name: string;
  readonly intervalMs?: number;
  readonly queryOffsetMs?: number;
  readonly limit?: number;
  readonly labels: Pairs;
  readonly rules: readonly WrittenRule[];
}

export interface WrittenRule {
  /** One of the two is `''`. */
  readonly record: string;
  readonly alert: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Pairs;
  readonly annotations: Pairs;
  /** Where the rule and its expression stand, and which rule it is: what a message about them begins with. */
  readonly at: string;
  readonly exprAt: string;
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** Refuses with CONFIG_INVALID; the message names the file, the line, the group and the rule. */
export function readWritten(written: string, file: string, rulesMax: number): WrittenFile {
  const root = parseYaml(written, file);
  const nodes = fields(root, { groups: list((at) => at) }).groups ?? [];
  const names = new Set<string>();
  let rulesLeft = rulesMax;
  const groups = nodes.map((at) => {
    const group = readGroup(at, rulesLeft);
    rulesLeft -= group.rules.length;
    if (names.has(group.name))
      throw invalidAt(at, `groupname: ${JSON.stringify(group.name)} is repeated in the same file`);
    names.add(group.name);
    return group;
  });
  const notes = hasMoreDocuments(root) ? ['only the first YAML document of a rule file is read'] : [];
  return { groups, notes };
}

function readGroup(at: ConfigNode, rulesMax: number): WrittenGroup {
  const found = fields(at, {
    name: text,
    interval: duration,
    query_offset: duration,
    limit: count,
    labels: labelMap,
    rules: list((rule) => rule),
  });
  const name = found.name ?? '';
  if (name === '') throw invalidAt(at, 'Groupname must not be empty');
  const rules = found.rules ?? [];
  if (rules.length > rulesMax) {
    throw invalidAt(at, 'there are more rules than limits.rules.rulesMax; raise it, or load fewer files');
  }
  return {
    name,
    intervalMs: found.interval,
    queryOffsetMs: found.query_offset,
    limit: found.limit,
    labels: [...(found.labels ?? [])],
    rules: rules.map((rule, i) => readRule(rule, { group: name, index: i + 1 })),
  };
}

function readRule(at: ConfigNode, { group, index }: { readonly group: string; readonly index: number }): WrittenRule {
  const found = fields(at, {
    record: text,
    alert: text,
    expr: text,
    for: duration,
    keep_firing_for: duration,
    labels: labelMap,
    annotations: annotationMap,
  });
  const { record = '', alert = '', expr = '', for: forMs = 0, keep_firing_for: keepFiringForMs = 0 } = found;
  const name = alert === '' ? record : alert;
  const which = `group ${JSON.stringify(group)}, rule ${index}, ${JSON.stringify(name)}: `;
  const fail = (problem: string, field?: string): Refusal => invalidAt(childOf(at, field), `${which}${problem}`);
  if (record !== '' && alert !== '') throw fail("only one of 'record' and 'alert' must be set");
  if (name === '') throw fail("one of 'record' or 'alert' must be set");
  if (expr === '') throw fail("field 'expr' must be set in rule", 'expr');
  const annotations = [...(found.annotations ?? [])];
  if (alert === '') {
    if (annotations.length > 0) throw fail("invalid field 'annotations' in recording rule", 'annotations');
    if (forMs > 0) throw fail("invalid field 'for' in recording rule", 'for');
    if (keepFiringForMs > 0) throw fail("invalid field 'keep_firing_for' in recording rule", 'keep_firing_for');
    if (!record.isWellFormed()) throw fail(`invalid recording rule name: ${record}`, 'record');
    if (/[{}]/.test(record)) {
      throw fail(`braces present in the recording rule name; should it be in expr?: ${record}`, 'record');
    }
  }
  return {
    record,
    alert,
    expr,
    forMs,
    keepFiringForMs,
    labels: [...(found.labels ?? [])],
    annotations,
    at: placeOf(at) + which,
    exprAt: placeOf(childOf(at, 'expr')) + which,
  };
}

function childOf(at: ConfigNode, field: string | undefined): ConfigNode {
  if (field === undefined) return at;
  for (const [name, child] of entries(at)) if (name === field) return child;
  return at;
}

const duration: Reader<number> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  const ms = parseDurationMs(written);
  if (ms === undefined) throw invalidAt(at, durationProblem(written));
  return ms;
};

const count: Reader<number> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  if (!/^\+?\d{1,9}$/.test(written)) throw invalidAt(at, `expected a whole number, found ${JSON.stringify(written)}`);
  return Number(written);
};

const labelMap: Reader<ReadonlyMap<string, string>> = (at) => {
  const found = mapOf(text)(at);
  for (const [name, value] of found ?? []) {
    if (name === '' || name === '__name__' || !name.isWellFormed()) throw invalidAt(at, `invalid label name: ${name}`);
    if (!value.isWellFormed()) throw invalidAt(at, `invalid label value: ${value}`);
  }
  return found;
};

const annotationMap: Reader<ReadonlyMap<string, string>> = (at) => {
  const found = mapOf(text)(at);
  const wrong = [...(found?.keys() ?? [])].find((name) => name === '' || !name.isWellFormed());
  if (wrong !== undefined) throw invalidAt(at, `invalid annotation name: ${wrong}`);
  return found;
};
