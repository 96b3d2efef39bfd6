import { type BinaryExpr, type CallExpr, childrenOf, type Expr, withoutParens } from '@farol/promql';

/**
 * Whether each step's answer comes from nothing but the samples up to its own time: the same whenever it is computed,
 * and whatever other steps are computed with it. Where that takes long to be sure of, the answer is no.
 */
export function seesOwnPast(expr: Expr): boolean {
  return isOwn(expr) && childrenOf(expr).every(seesOwnPast);
}

/** `start()` and the like say what the other steps are; what `info` joins has rules of its own. */
const lookAround: ReadonlySet<string> = new Set(['start', 'end', 'range', 'step', 'info']);
const metadataNames: readonly string[] = ['__name__', '__type__', '__unit__'];

function isOwn(expr: Expr): boolean {
  switch (expr.kind) {
    case 'vector':
      return isPast(expr) && expr.extended !== 'smoothed';
    case 'matrix':
      return expr.rangeExpr === undefined;
    case 'subquery':
      return isPast(expr) && expr.rangeExpr === undefined && expr.stepExpr === undefined;
    case 'aggregate':
      return !groupsByName(expr.grouping, expr.without);
    case 'call':
      return !lookAround.has(expr.func.name) && !makesNames(expr);
    case 'binary':
      return expr.op === 'or' ? mixesNoNames(expr) : !fillsIn(expr);
    default:
      return true;
  }
}

function isPast({ at, offsetMs, offsetExpr }: Extract<Expr, { kind: 'vector' | 'subquery' }>): boolean {
  return at === undefined && offsetExpr === undefined && offsetMs >= 0;
}

// Whether a series loses its name at the end is decided for all of its steps at once. So where series that lose it and
// series that keep it can become one, a step's labels depend on the steps beside it.

const groupsByName = (grouping: readonly string[], without: boolean): boolean =>
  !without && grouping.some((name) => metadataNames.includes(name));

function makesNames({ func, args }: CallExpr): boolean {
  if (func.name !== 'label_replace' && func.name !== 'label_join') return false;
  const target = args[1] && withoutParens(args[1]);
  return target?.kind !== 'string' || metadataNames.includes(target.value);
}

const fillsIn = ({ matching: { fillLeft, fillRight } }: BinaryExpr): boolean =>
  fillLeft !== undefined || fillRight !== undefined;

function mixesNoNames({ left, right }: BinaryExpr): boolean {
  const [a, b] = [withoutParens(left), withoutParens(right)];
  if (a.kind === 'vector' && b.kind === 'vector') return true;
  if (isOverSamples(a) && isOverSamples(b)) return a.func.name === b.func.name;
  return isNameless(a) && isNameless(b);
}

function isOverSamples(expr: Expr): expr is CallExpr {
  return expr.kind === 'call' && expr.args.some((arg) => withoutParens(arg).kind === 'matrix');
}

/** None of its series has a name to keep or to lose. */
function isNameless(expr: Expr): boolean {
  const inner = withoutParens(expr);
  if (inner.kind === 'binary') return isNameless(inner.left) && isNameless(inner.right);
  if (inner.kind === 'unary') return isNameless(inner.expr);
  if (inner.kind === 'call') return makesNoNames.has(inner.func.name) || inner.args.every(isNameless);
  if (inner.kind === 'number' || inner.kind === 'string') return true;
  return inner.kind === 'aggregate' && !keepsSeries.has(inner.op) && !groupsByName(inner.grouping, inner.without);
}

const makesNoNames: ReadonlySet<string> = new Set(['vector', 'scalar', 'absent', 'absent_over_time']);
const keepsSeries: ReadonlySet<string> = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);
