import type { RE2JS } from 're2js';
import { builtinFunctions } from './builtins.ts';
import { encodingFunctions } from './encodings.ts';
import { numberFunctions } from './numbers.ts';
import { stringFunctions } from './strings.ts';
import { timeFunctions } from './timefunctions.ts';
import type { Value } from './values.ts';

/** What a function may know beside its arguments. */
export interface FunctionContext {
  readonly line: () => string;
  readonly timeNs: () => bigint;
  readonly nowNs: () => bigint;
  /** Compiles an RE2 pattern, or hands out the one it compiled before. Throws TemplateProblem. */
  readonly regex: (pattern: string) => RE2JS;
  /** UTF-16 units of what a function may make. */
  readonly textMax: number;
}

export type TemplateFunction = (args: readonly Value[], ctx: FunctionContext) => Value;

/** The functions that Go's templates have by themselves. */
export const builtins: ReadonlyMap<string, TemplateFunction> = new Map(Object.entries(builtinFunctions));

/** Loki's functions: its own, and the part of sprig's that it lets in. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({ ...stringFunctions, ...numberFunctions, ...timeFunctions, ...encodingFunctions }),
);

export function isTemplateFunction(name: string): boolean {
  return name === 'and' || name === 'or' || builtins.has(name) || functions.has(name);
}
