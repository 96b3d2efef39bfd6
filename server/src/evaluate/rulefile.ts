/** A rule file → groups, with promtool's verdicts. Source: Prometheus' model/rulefmt/rulefmt.go. */
import { TemplateProblem } from '@farol/gotemplate';
import { durationProblem, type Expr, parseDurationMs, printExpr } from '@farol/promql';
import {
  type ConfigNode,
  entries,
  fields,
  hasMoreDocuments,
  invalidAt,
  list,
  mapOf,
  parseYaml,
  type Reader,
  text,
} from '#kit/yamltree';
import { type Labels, labelsFrom, Refusal } from '#model';
import type { AlertingSpec, GroupSpec, NamedTemplate, RuleSpec } from './spec.ts';
import { parseAlertTemplate } from './template/index.ts';

export interface RuleFileDeps {
  /** Reads an expression as the engine does; refuses with BAD_REQUEST. */
  readonly parse: (text: string) => Expr;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  /** How many more rules there may be. */
  readonly rulesMax: number;
}

export interface RuleFile {
  readonly groups: readonly GroupSpec[];
  readonly notes: readonly string[];
}

/** Refuses with CONFIG_INVALID; the message names the file, the line, the group and the rule. */
export function readRuleFile(written: string, file: string, deps: RuleFileDeps): RuleFile {
  const root = parseYaml(written, file);
  const nodes = fields(root, { groups: list((at) => at) }).groups ?? [];
  const names = new Set<string>();
  let rulesLeft = deps.rulesMax;
  const groups = nodes.map((at) => {
    const group = readGroup(at, file, { ...deps, rulesMax: rulesLeft });
    rulesLeft -= group.rules.length;
    if (names.has(group.name))
      throw invalidAt(at, `groupname: ${JSON.stringify(group.name)} is repeated in the same file`);
    names.add(group.name);
    return group;
  });
  const notes = hasMoreDocuments(root) ? ['only the first YAML document of a rule file is read'] : [];
  return { groups, notes };
}

function readGroup(at: ConfigNode, file: string, deps: RuleFileDeps): GroupSpec {
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
  const shared = found.labels ?? new Map();
  const rules = found.rules ?? [];
  if (rules.length > deps.rulesMax) {
    throw invalidAt(at, 'there are more rules than limits.rules.rulesMax; raise it, or load fewer files');
  }
  return {
    name,
    file,
    intervalMs: found.interval || deps.intervalMs,
    queryOffsetMs: found.query_offset ?? deps.queryOffsetMs,
    limit: found.limit ?? 0,
    rules: rules.map((rule, i) => readRule(rule, { group: name, index: i + 1, shared, parse: deps.parse })),
  };
}

interface RuleContext {
  readonly group: string;
  readonly index: number;
  /** Labels of the group. */
  readonly shared: ReadonlyMap<string, string>;
  readonly parse: RuleFileDeps['parse'];
}

function readRule(at: ConfigNode, ctx: RuleContext): RuleSpec {
  const found = fields(at, {
    record: text,
    alert: text,
    expr: text,
    for: duration,
    keep_firing_for: duration,
    labels: labelMap,
    annotations: annotationMap,
  });
  const { record = '', alert = '' } = found;
  const name = alert === '' ? record : alert;
  const fail = (problem: string, field?: string): Refusal =>
    invalidAt(
      field === undefined ? at : childOf(at, field),
      `group ${JSON.stringify(ctx.group)}, rule ${ctx.index}, ${JSON.stringify(name)}: ${problem}`,
    );
  if (record !== '' && alert !== '') throw fail("only one of 'record' and 'alert' must be set");
  if (name === '') throw fail("one of 'record' or 'alert' must be set");
  const expr = readExpr(found.expr ?? '', ctx.parse, (problem) => fail(problem, 'expr'));
  const labels = labelsFrom([...ctx.shared, ...(found.labels ?? [])]);
  const base = { name, expr, query: printExpr(expr), labels };
  const annotations = labelsFrom(found.annotations ?? []);
  if (alert !== '') {
    const { for: forMs = 0, keep_firing_for: keepFiringForMs = 0 } = found;
    return {
      kind: 'alerting',
      ...base,
      forMs,
      keepFiringForMs,
      annotations,
      ...readTemplates(name, labels, annotations, fail),
    };
  }
  if (annotations.length > 0) throw fail("invalid field 'annotations' in recording rule", 'annotations');
  if (found.for) throw fail("invalid field 'for' in recording rule", 'for');
  if (found.keep_firing_for) throw fail("invalid field 'keep_firing_for' in recording rule", 'keep_firing_for');
  if (!record.isWellFormed()) throw fail(`invalid recording rule name: ${record}`, 'record');
  if (/[{}]/.test(record)) {
    throw fail(`braces present in the recording rule name; should it be in expr?: ${record}`, 'record');
  }
  return { kind: 'recording', ...base };
}

function readExpr(written: string, parse: RuleFileDeps['parse'], fail: (problem: string) => Refusal): Expr {
  if (written === '') throw fail("field 'expr' must be set in rule");
  try {
    return parse(written);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw fail(`could not parse expression: ${error.message}`);
  }
}

function readTemplates(
  alert: string,
  labels: Labels,
  annotations: Labels,
  fail: (problem: string) => Refusal,
): Pick<AlertingSpec, 'labelTemplates' | 'annotationTemplates'> {
  const templatesOf = (kind: 'label' | 'annotation', texts: Labels): NamedTemplate[] => {
    const templates: NamedTemplate[] = [];
    for (let i = 0; i < texts.length; i += 2) {
      const name = texts[i] ?? '';
      try {
        templates.push({ name, template: parseAlertTemplate(texts[i + 1] ?? '', alert) });
      } catch (error) {
        if (!(error instanceof TemplateProblem)) throw error;
        throw fail(`${kind} ${JSON.stringify(name)}: ${error.message}`);
      }
    }
    return templates;
  };
  return { labelTemplates: templatesOf('label', labels), annotationTemplates: templatesOf('annotation', annotations) };
}

function childOf(at: ConfigNode, field: string): ConfigNode {
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
