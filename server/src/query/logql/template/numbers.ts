import { Arguments, floatOf, intOf, TemplateProblem, type Value } from '@farol/gotemplate';
import { parseByteSize, parseGoDuration } from '@farol/logql';
import type { TemplateFunction } from './functions.ts';

/** sprig's numbers take anything for a number, and 0 for what is none. */
export const numberFunctions: Readonly<Record<string, TemplateFunction>> = {
  int: ([value]) => intOf(value),
  float64: ([value]) => floatOf(value),
  add: (values) => wrapped(values.reduce<bigint>((sum, value) => sum + intOf(value), 0n)),
  sub: ([first, ...others]) => wrapped(others.reduce<bigint>((rest, value) => rest - intOf(value), intOf(first))),
  mul: ([first, ...others]) => wrapped(others.reduce<bigint>((product, value) => product * intOf(value), intOf(first))),
  div: (values) => divided('div', values, (a, b) => a / b),
  mod: (values) => divided('mod', values, (a, b) => a % b),
  max: (values) => extreme(values, true),
  min: (values) => extreme(values, false),
  addf: (values) => decimal(values, (sum, value) => sum + value),
  subf: (values) => decimal(values, (rest, value) => rest - value),
  mulf: (values) => decimal(values, (product, value) => product * value),
  divf: (values) => decimal(values, (quotient, value) => quotient / value),
  maxf: (values) => Math.max(...values.map(floatOf)),
  minf: (values) => Math.min(...values.map(floatOf)),
  ceil: ([value]) => Math.ceil(floatOf(value)),
  floor: ([value]) => Math.floor(floatOf(value)),
  round: ([value, digits, roundOn]) => rounded(floatOf(value), Number(intOf(digits)), roundOn),
  bytes: (values) => amount('bytes', values, parseByteSize, 1),
  duration: (values) => amount('duration', values, parseGoDuration, 1e9),
  duration_seconds: (values) => amount('duration_seconds', values, parseGoDuration, 1e9),
};

/** Math.max knows no bigints. */
function extreme(values: readonly Value[], wantsGreatest: boolean): bigint {
  let best: bigint | undefined;
  for (const value of values.map(intOf)) if (best === undefined || value > best === wantsGreatest) best = value;
  return best ?? 0n;
}

const wrapped = (value: bigint): bigint => BigInt.asIntN(64, value);

function divided(name: string, values: readonly Value[], divide: (a: bigint, b: bigint) => bigint): bigint {
  const args = new Arguments(name, values, { min: 2, max: 2 });
  const divisor = intOf(args.any(1));
  if (divisor === 0n) throw new TemplateProblem(`error calling ${name}: runtime error: integer divide by zero`);
  return divide(intOf(args.any(0)), divisor);
}

/** sprig counts in decimals, so 0.1 and 0.2 are 0.3. */
function decimal(values: readonly Value[], step: (a: number, b: number) => number): number {
  const [first = 0, ...others] = values.map(floatOf);
  return others.reduce((result, value) => Number(step(result, value).toPrecision(15)), first);
}

function rounded(value: number, digits: number, roundOn: Value): number {
  const scale = 10 ** digits;
  const scaled = scale * value;
  const threshold = roundOn === undefined ? 0.5 : floatOf(roundOn);
  const fraction = scaled - Math.trunc(scaled);
  return (fraction >= threshold ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
}

type ReadAmount = (text: string) => number | { readonly problem: string };

function amount(name: string, values: readonly Value[], read: ReadAmount, unit: number): number {
  const value = read(new Arguments(name, values, { min: 1, max: 1 }).string(0));
  if (typeof value === 'number') return value / unit;
  throw new TemplateProblem(`error calling ${name}: ${value.problem}`);
}
