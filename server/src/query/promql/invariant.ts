import { childrenOf, type Expr, withoutParens } from '@farol/promql';

/** Functions whose answer moves with the evaluation time, whatever their arguments. */
const timeDependent: ReadonlySet<string> = new Set([
  ...['days_in_month', 'day_of_month', 'day_of_week', 'day_of_year', 'hour', 'minute', 'month', 'year'],
  ...['predict_linear', 'time', 'timestamp'],
]);

/** Whether the expression has the same answer at every step: all that it selects is pinned by `@`. */
export function isStepInvariant(expr: Expr): boolean {
  const known = memo.get(expr);
  if (known !== undefined) return known;
  const answer = find(expr);
  memo.set(expr, answer);
  return answer;
}

const memo = new WeakMap<Expr, boolean>();

function find(expr: Expr): boolean {
  switch (expr.kind) {
    case 'vector':
    case 'subquery':
      return expr.at !== undefined;
    case 'matrix':
      return expr.selector.at !== undefined;
    case 'aggregate':
      return isStepInvariant(expr.expr) && (expr.param === undefined || isStepInvariant(expr.param));
    case 'call': {
      const areArgs = expr.args.every(isStepInvariant);
      if (!timeDependent.has(expr.func.name)) return areArgs;
      const [arg] = expr.args;
      return areArgs && expr.func.name === 'timestamp' && arg !== undefined && withoutParens(arg).kind === 'vector';
    }
    default:
      return childrenOf(expr).every(isStepInvariant);
  }
}
