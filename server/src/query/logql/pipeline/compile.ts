import { printStage, type Stage } from '@farol/logql';
import { Refusal } from '#model';
import { patternParser, regexpParser } from './captures.ts';
import { dropLabels, keepLabels } from './choices.ts';
import { decolorize } from './decolorize.ts';
import { labelFormat, lineFormat } from './formats.ts';
import { jsonExtractor, jsonParser, unpackParser } from './json.ts';
import { labelFilter } from './labelfilters.ts';
import { lineFilter } from './linefilters.ts';
import { logfmtExtractor, logfmtParser } from './logfmt.ts';
import { type StageContext, StageProblem, type Step } from './stage.ts';
import type { LineState } from './state.ts';

/** Compiles stages into one function that takes a line through all of them. False: the line is dropped. */
export function compileStages(stages: readonly Stage[], ctx: StageContext): Step {
  const steps = stages.map((stage) => compiled(stage, ctx));
  const [first, second] = steps;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (state: LineState) => {
    for (const step of steps) if (!step(state)) return false;
    return true;
  };
}

function compiled(stage: Stage, ctx: StageContext): Step {
  try {
    return compileStage(stage, ctx);
  } catch (cause) {
    if (!(cause instanceof StageProblem)) throw cause;
    throw new Refusal(`parse error : stage '${printStage(stage)}' : ${cause.message}`, { code: 'BAD_REQUEST', cause });
  }
}

function compileStage(stage: Stage, ctx: StageContext): Step {
  const { hints } = ctx;
  switch (stage.kind) {
    case 'line':
      return lineFilter(stage);
    case 'filter':
      return labelFilter(stage.filter);
    case 'json':
      return stage.extractions.length === 0 ? jsonParser(hints) : jsonExtractor(stage.extractions, hints);
    case 'logfmt':
      if (stage.extractions.length === 0) return logfmtParser(stage, hints);
      return logfmtExtractor(stage.extractions, stage.strict, hints);
    case 'regexp':
      return regexpParser(stage.pattern, hints);
    case 'pattern':
      return patternParser(stage.pattern, hints);
    case 'unpack':
      return unpackParser(hints);
    case 'line_format':
      return lineFormat(stage.template, ctx);
    case 'label_format':
      return labelFormat(stage.formats, ctx);
    case 'drop':
      return dropLabels(stage.labels);
    case 'keep':
      return keepLabels(stage.labels);
    case 'decolorize':
      return decolorize();
  }
}
