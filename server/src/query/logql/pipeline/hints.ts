import type { Grouping, LabelFilter, LogRange, Stage } from '@farol/logql';
import { fieldsRead, isTemplateFunction, parseTemplate, TemplateProblem } from '../template/index.ts';
import { everything, type Hints } from './stage.ts';
import { ERROR } from './state.ts';

const EXTRACTED = '_extracted';

/**
 * What a metric query needs of its lines, as Loki works it out: with `by (a)` around it, only `a` and what the stages
 * look at. A parser that finds all of it stops there, and so does not see what is wrong with the rest of a line.
 */
export function hintsOf({ log, unwrap }: LogRange, grouping: Grouping | undefined, ignoresLabels: boolean): Hints {
  const ofStages = allOf(log.stages.map(namesOfStage));
  if (ofStages === undefined) return everything;
  const isSingle = grouping !== undefined && !grouping.without && grouping.labels.length === 0;
  const noLabels = ignoresLabels || isSingle;
  const names = [
    ...ofStages,
    ...(unwrap?.filters.flatMap(namesOfFilter) ?? []),
    ...(grouping?.labels ?? []),
    ...(unwrap === undefined ? [] : [unwrap.name]),
  ];
  const required = new Set(names.flatMap(withoutSuffix));
  if (noLabels && required.size === 0) return { noLabels: true, preserveError: false };
  const isOpen = grouping === undefined || grouping.without || grouping.labels.length === 0;
  if (!noLabels && isOpen) return everything;
  return { noLabels: false, required, preserveError: required.has(ERROR) };
}

/** A field that loses its name is looked for under the name that it had. */
function withoutSuffix(name: string): string[] {
  return name.endsWith(EXTRACTED) ? [name, name.slice(0, -EXTRACTED.length)] : [name];
}

/** The names that a stage looks at; undefined when it may look at any. */
function namesOfStage(stage: Stage): string[] | undefined {
  switch (stage.kind) {
    case 'filter':
      return namesOfFilter(stage.filter);
    case 'line_format':
      return namesOfTemplate(stage.template);
    case 'label_format': {
      const names = stage.formats.map((format) =>
        format.kind === 'rename' ? [format.from] : namesOfTemplate(format.template),
      );
      return allOf(names);
    }
    default:
      return [];
  }
}

function allOf(names: readonly (string[] | undefined)[]): string[] | undefined {
  return names.includes(undefined) ? undefined : names.flatMap((some) => some ?? []);
}

/** The names that a template reads; undefined for all of them, and for a template that cannot be read anyway. */
function namesOfTemplate(template: string): string[] | undefined {
  try {
    const names = fieldsRead(parseTemplate(template, '', isTemplateFunction));
    return names === undefined ? undefined : [...names];
  } catch (error) {
    if (error instanceof TemplateProblem) return undefined;
    throw error;
  }
}

function namesOfFilter(filter: LabelFilter): string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...namesOfFilter(filter.left), ...namesOfFilter(filter.right)];
    case 'match':
      return [filter.matcher.name];
    default:
      return [filter.name];
  }
}
