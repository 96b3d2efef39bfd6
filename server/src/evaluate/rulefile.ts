/** A rule file → groups, with promtool's verdicts. */
import { TemplateProblem } from '@farol/gotemplate';
import { type Expr, printExpr } from '@farol/promql';
import { invalid } from '#kit/yamltree';
import { type Labels, labelsFrom, Refusal } from '#model';
import type { AlertingSpec, GroupSpec, NamedTemplate, RuleSpec } from './spec.ts';
import { parseAlertTemplate } from './template/index.ts';
import { readWritten, type WrittenGroup, type WrittenRule } from './written.ts';

export interface RuleDefaults {
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
}

/** Reads an expression as the engine does; refuses with BAD_REQUEST. */
export type Parse = (text: string) => Expr;

export interface RuleFileDeps extends RuleDefaults {
  readonly parse: Parse;
  /** How many more rules there may be. */
  readonly rulesMax: number;
}

export interface RuleFile {
  readonly groups: readonly GroupSpec[];
  readonly notes: readonly string[];
}

/** Refuses with CONFIG_INVALID; the message names the file, the line, the group and the rule. */
export function readRuleFile(text: string, file: string, deps: RuleFileDeps): RuleFile {
  const { groups, notes } = readWritten(text, file, deps.rulesMax);
  return {
    groups: Array.from(groups, (group) => {
      const rules = group.rules.map((rule) => ruleOf(rule, group, deps.parse));
      return groupOf(group, rules, { ...deps, file });
    }),
    notes,
  };
}

export function groupOf(
  written: WrittenGroup,
  rules: readonly RuleSpec[],
  { file, intervalMs, queryOffsetMs }: RuleDefaults & { readonly file: string },
): GroupSpec {
  return {
    name: written.name,
    file,
    intervalMs: written.intervalMs || intervalMs,
    queryOffsetMs: written.queryOffsetMs ?? queryOffsetMs,
    limit: written.limit ?? 0,
    rules,
  };
}

/** Refuses with CONFIG_INVALID what cannot be parsed. */
export function ruleOf(written: WrittenRule, group: WrittenGroup, parse: Parse): RuleSpec {
  const { record, alert, forMs, keepFiringForMs } = written;
  const expr = readExpr(written, parse);
  const labels = labelsFrom([...group.labels, ...written.labels]);
  const base = { expr, query: printExpr(expr), labels };
  if (alert === '') return { kind: 'recording', name: record, ...base };
  const annotations = labelsFrom(written.annotations);
  return {
    kind: 'alerting',
    name: alert,
    ...base,
    forMs,
    keepFiringForMs,
    annotations,
    ...readTemplates(labels, annotations, written),
  };
}

function readExpr({ expr, exprAt }: WrittenRule, parse: Parse): Expr {
  try {
    return parse(expr);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalid(`${exprAt}could not parse expression: ${error.message}`);
  }
}

function readTemplates(
  labels: Labels,
  annotations: Labels,
  { alert, at }: WrittenRule,
): Pick<AlertingSpec, 'labelTemplates' | 'annotationTemplates'> {
  const templatesOf = (kind: 'label' | 'annotation', texts: Labels): NamedTemplate[] => {
    const templates: NamedTemplate[] = [];
    for (let i = 0; i < texts.length; i += 2) {
      const name = texts[i] ?? '';
      try {
        templates.push({ name, template: parseAlertTemplate(texts[i + 1] ?? '', alert) });
      } catch (error) {
        if (!(error instanceof TemplateProblem)) throw error;
        throw invalid(`${at}${kind} ${JSON.stringify(name)}: ${error.message}`);
      }
    }
    return templates;
  };
  return { labelTemplates: templatesOf('label', labels), annotationTemplates: templatesOf('annotation', annotations) };
}
