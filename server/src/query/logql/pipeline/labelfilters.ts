import {
  type CompareOp,
  compare,
  type LabelFilter,
  type LabelMatcher,
  parseByteSize,
  parseGoDuration,
  parseGoFloat,
} from '@farol/logql';
import { compilePattern } from '#query/promql';
import { ipFinder } from './ip.ts';
import type { Step } from './stage.ts';
import { ERROR, type LineState } from './state.ts';

const FILTER_ERROR = 'LabelFilterErr';

export function labelFilter(filter: LabelFilter): Step {
  switch (filter.kind) {
    case 'and': {
      const [left, right] = [labelFilter(filter.left), labelFilter(filter.right)];
      // Both sides run, so that the error of either is seen.
      return (state) => {
        const keepsLeft = left(state);
        return right(state) && keepsLeft;
      };
    }
    case 'or': {
      const [left, right] = [labelFilter(filter.left), labelFilter(filter.right)];
      return (state) => left(state) || right(state);
    }
    case 'match': {
      const test = matcherTest(filter.matcher);
      const { name } = filter.matcher;
      return (state) => test(labelText(state, name));
    }
    case 'ip':
      return ipFilter(filter);
    case 'number':
      return amountFilter(filter, parseGoFloat);
    case 'duration':
      return amountFilter(filter, parseGoDuration);
    case 'bytes':
      return amountFilter(filter, parseByteSize);
  }
}

/** Tests a value as a label matcher does: absent is empty, patterns are anchored. */
export function matcherTest({ kind, value }: LabelMatcher): (text: string) => boolean {
  switch (kind) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~': {
      const regex = compilePattern(value);
      return (text) => regex.test(text);
    }
    case '!~': {
      const regex = compilePattern(value);
      return (text) => !regex.test(text);
    }
  }
}

function labelText(state: LineState, name: string): string {
  return name === ERROR ? state.error : (state.get(name) ?? '');
}

/** A line with an error passes: only `__error__` itself filters it. */
function ipFilter({ name, op, pattern }: Extract<LabelFilter, { kind: 'ip' }>): Step {
  const finds = ipFinder(pattern);
  return (state) => {
    if (state.error !== '') return true;
    const value = state.get(name);
    return value !== undefined && finds(value) === (op === '=');
  };
}

interface AmountFilter {
  readonly name: string;
  readonly op: CompareOp;
  readonly value: number;
}

type ReadAmount = (text: string) => number | { readonly problem: string };

/** A line whose label is no amount passes with an error; one without the label does not. */
function amountFilter({ name, op, value }: AmountFilter, read: ReadAmount): Step {
  return (state) => {
    const text = state.get(name);
    if (text === undefined) return false;
    const amount = read(text);
    if (typeof amount === 'number') return compare(op, amount, value);
    state.failLater(FILTER_ERROR, amount.problem);
    return true;
  };
}
