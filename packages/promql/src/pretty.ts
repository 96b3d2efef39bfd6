import type { Expr } from './ast.ts';
import { printAggregateHead, printExpr, printOperator, printSubquerySuffix } from './print.ts';

const lineCharsMax = 100;

/** The expression over as many lines as it takes to keep each part within 100 characters, as `format_query` answers. */
export function prettyExpr(expr: Expr): string {
  return pretty(expr, 0);
}

function pretty(expr: Expr, level: number): string {
  const line = printExpr(expr);
  const margin = indent(level);
  switch (expr.kind) {
    case 'unary':
      return `${margin}${expr.op}${pretty(expr.expr, level).trim()}`;
    case 'subquery':
      return fits(line) ? line : `${pretty(expr.expr, level)}${printSubquerySuffix(expr)}`;
    case 'matrix':
    case 'vector':
    case 'number':
    case 'string':
      return margin + line;
    default:
  }
  if (fits(line)) return margin + line;
  switch (expr.kind) {
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${pretty(expr.param, level + 1)},\n`;
      return `${margin}${printAggregateHead(expr)}(\n${param}${pretty(expr.expr, level + 1)}\n${margin})`;
    }
    case 'binary':
      return `${pretty(expr.left, level + 1)}\n${margin}${printOperator(expr)}\n${pretty(expr.right, level + 1)}`;
    case 'call': {
      const args = expr.args.map((arg) => pretty(arg, level + 1)).join(',\n');
      return `${margin}${expr.func.name}(\n${args}\n${margin})`;
    }
    case 'paren':
      return `${margin}(\n${pretty(expr.expr, level + 1)}\n${margin})`;
  }
}

function fits(line: string): boolean {
  return new TextEncoder().encode(line).length <= lineCharsMax;
}

function indent(level: number): string {
  return '  '.repeat(level);
}
