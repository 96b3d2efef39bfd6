import {
  type LineFilterOp,
  type LineFilterOperand,
  type LineFilterStage,
  type PatternPart,
  parseFilterPattern,
} from '@farol/logql';
import { ipFinder } from './ip.ts';
import { finderOf, regexProblem } from './regex.ts';
import { StageProblem, type Step } from './stage.ts';

/** A positive filter wants any operand to match, a negative one wants none to. */
export function lineFilter({ op, operands }: LineFilterStage): Step {
  const tests = operands.map((operand) => testOf(op, operand));
  const wanted = op.startsWith('|');
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return ({ line }) => only(line) === wanted;
  return ({ line }) => {
    for (const test of tests) if (test(line)) return wanted;
    return !wanted;
  };
}

function testOf(op: LineFilterOp, { kind, value }: LineFilterOperand): (line: string) => boolean {
  if (kind === 'ip') {
    if (op !== '|=' && op !== '!=') throw new StageProblem('ip: invalid operation');
    return ipFinder(value);
  }
  switch (op) {
    case '|=':
    case '!=':
      return (line) => line.includes(value);
    case '|~':
    case '!~': {
      const problem = regexProblem(value);
      if (problem !== undefined) throw new StageProblem(problem);
      return finderOf(value);
    }
    case '|>':
    case '!>': {
      const parts = parseFilterPattern(value);
      if ('problem' in parts) throw new StageProblem(parts.problem);
      return (line) => matchesWhole(line, parts);
    }
  }
}

/**
 * The texts in their order, each capture holding at least one character, and nothing left over. What stands before a
 * first text is not looked at, as in Loki.
 */
function matchesWhole(line: string, parts: readonly PatternPart[]): boolean {
  if (line === '' || parts.length === 0) return line === '' && parts.length === 0;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (part.kind !== 'text') continue;
    const found = line.indexOf(part.text, at);
    if (found < 0 || (i > 0 && found === at)) return false;
    at = found + part.text.length;
  }
  return (at !== line.length) === (parts[parts.length - 1]?.kind === 'capture');
}
