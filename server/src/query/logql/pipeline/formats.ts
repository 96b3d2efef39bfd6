import { Execution } from '@farol/gotemplate';
import type { LabelFormat } from '@farol/logql';
import {
  asLabels,
  functions,
  isTemplateFunction,
  type Node,
  parseTemplate,
  regexCache,
  TemplateProblem,
} from '../template/index.ts';
import { type StageContext, StageProblem, type Step } from './stage.ts';
import { ERROR, type LineState } from './state.ts';

const FORMAT_ERROR = 'TemplateFormatErr';

/** `| line_format "{{.a}}"`: the text becomes the line. */
export function lineFormat(template: string, ctx: StageContext): Step {
  const nodes = parsed(template, 'line', (problem) => `invalid line template: ${problem}`);
  const [, simple] = /^\{\{\s*\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/.exec(template) ?? [];
  if (simple !== undefined) {
    return (state) => {
      state.line = state.get(simple) ?? '';
      return true;
    };
  }
  const run = runner(ctx);
  return (state) => {
    const text = run(nodes, state, asLabels(state.all()));
    if (text !== undefined) state.line = text;
    return true;
  };
}

/** `| label_format a=b, c="{{.d}}"`: renames take the source away, templates leave it. */
export function labelFormat(formats: readonly LabelFormat[], ctx: StageContext): Step {
  checkTargets(formats);
  const run = runner(ctx);
  const compiled = formats.map((format) =>
    format.kind === 'rename'
      ? { ...format, nodes: [] }
      : { ...format, from: '', nodes: parsedLabel(format.to, format.template) },
  );
  return (state) => {
    // All templates of one stage see the labels as the first of them found them.
    let labels: ReadonlyMap<string, string> | undefined;
    for (const { kind, to, from, nodes } of compiled) {
      if (kind === 'rename') {
        rename(state, from, to);
        continue;
      }
      labels ??= asLabels(state.all());
      const text = run(nodes, state, labels);
      if (text !== undefined) state.set(to, text);
    }
    return true;
  };
}

function rename(state: LineState, from: string, to: string): void {
  const value = state.get(from);
  if (value === undefined) return;
  state.set(to, value);
  state.remove(from);
}

function checkTargets(formats: readonly LabelFormat[]): void {
  const seen = new Set<string>();
  for (const { to } of formats) {
    if (to === ERROR) throw new StageProblem(`${to} cannot be formatted`);
    if (seen.has(to)) throw new StageProblem(`multiple label name '${to}' not allowed in a single format operation`);
    seen.add(to);
  }
}

function parsedLabel(to: string, template: string): readonly Node[] {
  return parsed(template, 'label', (problem) => `invalid template for label '${to}': ${problem}`);
}

function parsed(template: string, name: string, say: (problem: string) => string): readonly Node[] {
  try {
    return parseTemplate(template, name, isTemplateFunction);
  } catch (error) {
    if (error instanceof TemplateProblem) throw new StageProblem(say(error.message));
    throw error;
  }
}

type Run = (nodes: readonly Node[], state: LineState, labels: ReadonlyMap<string, string>) => string | undefined;

/** Runs templates for the stage; a template that fails leaves its error on the line. */
function runner({ templates, nowNs }: StageContext): Run {
  let current: LineState | undefined;
  const line = (): string => current?.line ?? '';
  const timeNs = (): bigint => current?.timeNs ?? 0n;
  const ctx = { line, timeNs, nowNs, regex: regexCache(), textMax: templates.textMax };
  const execution = new Execution({ functions, ctx, limits: templates });
  return (nodes, state, labels) => {
    current = state;
    try {
      return execution.run(nodes, labels);
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      state.fail(FORMAT_ERROR, error.message);
      return undefined;
    }
  };
}
