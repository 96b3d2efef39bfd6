import { type FunctionContext as AnyContext, type TemplateFunction as AnyFunction, isBuiltin } from '@farol/gotemplate';
import type { RE2JS } from 're2js';
import { encodingFunctions } from './encodings.ts';
import { numberFunctions } from './numbers.ts';
import { stringFunctions } from './strings.ts';
import { timeFunctions } from './timefunctions.ts';

/** What Loki's functions may know beside their arguments. */
export interface FunctionContext extends AnyContext {
  readonly line: () => string;
  readonly timeNs: () => bigint;
  readonly nowNs: () => bigint;
  /** Compiles an RE2 pattern, or hands out the one it compiled before. Throws TemplateProblem. */
  readonly regex: (pattern: string) => RE2JS;
}

export type TemplateFunction = AnyFunction<FunctionContext>;

/** Loki's functions: its own, and the part of sprig's that it lets in. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({ ...stringFunctions, ...numberFunctions, ...timeFunctions, ...encodingFunctions }),
);

export function isTemplateFunction(name: string): boolean {
  return isBuiltin(name) || functions.has(name);
}
