import { type Expr, parseExpr, printExpr } from '../../packages/promql/src/index.ts';

/** Functions whose answer moves with the evaluation time even when all they read is pinned. */
const moving: ReadonlySet<string> = new Set(
  'days_in_month day_of_month day_of_week day_of_year end hour minute month predict_linear range start step time timestamp year'.split(
    ' ',
  ),
);

/**
 * The expression with `@` on every selector and subquery that has none, so that it has one answer at any time.
 * Undefined when it holds a function of time.
 */
export function pinned(text: string, timeMs: number): string | undefined {
  const expr = parseExpr(text, { experimental: true });
  return usesTime(expr) ? undefined : printExpr(pin(expr, timeMs));
}

function usesTime(expr: Expr): boolean {
  if (expr.kind === 'call') return moving.has(expr.func.name) || expr.args.some(usesTime);
  if (expr.kind === 'binary') return usesTime(expr.left) || usesTime(expr.right);
  if (expr.kind === 'aggregate') return usesTime(expr.expr) || (expr.param !== undefined && usesTime(expr.param));
  return 'expr' in expr && usesTime(expr.expr);
}

function pin(expr: Expr, timeMs: number): Expr {
  const at = { kind: 'time', timeMs } as const;
  switch (expr.kind) {
    case 'vector':
      return { ...expr, at: expr.at ?? at };
    case 'matrix':
      return { ...expr, selector: { ...expr.selector, at: expr.selector.at ?? at } };
    case 'subquery':
      return expr.at === undefined ? { ...expr, at } : expr;
    case 'aggregate':
      return { ...expr, expr: pin(expr.expr, timeMs), param: expr.param && pin(expr.param, timeMs) };
    case 'binary':
      return { ...expr, left: pin(expr.left, timeMs), right: pin(expr.right, timeMs) };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => pin(arg, timeMs)) };
    case 'paren':
    case 'unary':
      return { ...expr, expr: pin(expr.expr, timeMs) };
    case 'number':
    case 'string':
      return expr;
  }
}
