/**
 * Queries: pipelines of spansets, what is computed of them, and arithmetic over either. One grammar of operands and
 * operators reads all of it; what an operand is decides which operators may follow.
 */
import type { AggregateExpr, AggregateOp, Field, FilterExpr, Hint, Pipeline, Query, QueryBody, Stage } from './ast.ts';
import { combined, powerOf } from './combine.ts';
import { negated } from './constant.ts';
import { Cursor, type ParseOptions } from './cursor.ts';
import { TraceqlSyntaxError } from './errors.ts';
import { parseField, parseFieldExpr, parseLiteral } from './field.ts';
import { parseFirstStage, parseSecondStages } from './metrics.ts';
import type { Operand } from './operand.ts';
import { aggregateWords } from './tokens.ts';

/** Throws TraceqlSyntaxError. What reads well may still mean nothing: see checkQuery. */
export function parseQuery(text: string, options: ParseOptions = {}): Query {
  const cursor = new Cursor(text, options);
  const body = bodyOf(cursor);
  const hints: Hint[] = [];
  while (cursor.acceptWord('with')) hints.push(...cursor.inParens(() => cursor.list(() => hint(cursor))));
  if (cursor.token.kind !== 'end') cursor.unexpected();
  return { body, hints };
}

/** A field alone: `.a`, `resource.service.name`, `span:name`. Undefined when the text is none. */
export function parseFieldName(text: string): Field | undefined {
  try {
    const cursor = new Cursor(text, {});
    const field = parseField(cursor);
    return cursor.token.kind === 'end' ? field : undefined;
  } catch (error) {
    if (error instanceof TraceqlSyntaxError) return undefined;
    throw error;
  }
}

function bodyOf(cursor: Cursor): QueryBody {
  const whole = pipelineOf(cursor);
  switch (whole.sort) {
    case 'spanset':
      return { kind: 'pipeline', stages: [whole.expr], start: whole.expr.start, end: whole.expr.end };
    case 'filter':
      return { kind: 'pipeline', stages: [whole.expr], start: whole.expr.start, end: whole.expr.end };
    case 'pipeline':
      return whole.expr;
    case 'spansets':
      return { kind: 'pipeline', stages: [whole.expr], start: whole.expr.start, end: whole.expr.end };
    case 'comparison':
      return whole.expr;
    case 'metrics':
      return { ...whole.expr, after: [...whole.expr.after, ...parseSecondStages(cursor)] };
    case 'constant':
    case 'scalar':
    case 'scalarpipeline':
      return cursor.unexpected();
  }
}

function hint(cursor: Cursor): Hint {
  const token = cursor.take();
  if (token.kind !== 'word') return cursor.unexpected(token);
  cursor.expectSign('=');
  const literal = parseLiteral(cursor);
  return { name: token.text, literal, start: token.start, end: cursor.lastEnd };
}

/** An expression, and the stages it is piped through. */
function pipelineOf(cursor: Cursor): Operand {
  const { start } = cursor.token;
  const first = stageOf(cursor);
  if (!cursor.isSign('|') || first.sort === 'metrics') return first;
  const stages: Stage[] = [asStage(cursor, first)];
  while (cursor.acceptSign('|')) {
    const at = cursor.token;
    const metrics = parseFirstStage(cursor, () => spansetFilter(cursor));
    if (metrics !== undefined) {
      const pipeline: Pipeline = { kind: 'pipeline', stages, start, end: at.start };
      const after = parseSecondStages(cursor);
      return {
        sort: 'metrics',
        expr: { kind: 'metrics', pipeline, first: metrics, after, start, end: cursor.lastEnd },
      };
    }
    const stage = coalesce(cursor) ?? stageOf(cursor);
    if (stage.sort === 'scalar' && stage.expr.kind === 'aggregate') {
      stages.push(stage.expr);
      return { sort: 'scalarpipeline', expr: { kind: 'pipeline', stages, start, end: cursor.lastEnd }, wrapped: false };
    }
    stages.push(asStage(cursor, stage));
  }
  return { sort: 'pipeline', expr: { kind: 'pipeline', stages, start, end: cursor.lastEnd }, wrapped: false };
}

function asStage(cursor: Cursor, operand: Operand): Stage {
  if (operand.sort === 'spanset' || operand.sort === 'filter') return operand.expr;
  if (operand.sort === 'pipeline' && !operand.wrapped && operand.expr.stages[0]) return operand.expr.stages[0];
  return cursor.unexpected();
}

/** One stage on its own is a pipeline of one. */
function single(stage: Stage): Operand {
  return {
    sort: 'pipeline',
    expr: { kind: 'pipeline', stages: [stage], start: stage.start, end: stage.end },
    wrapped: false,
  };
}

function stageOf(cursor: Cursor): Operand {
  const { start } = cursor.token;
  if (cursor.acceptWord('by')) {
    const expr = cursor.inParens(() => parseFieldExpr(cursor));
    return single({ kind: 'by', expr, start, end: cursor.lastEnd });
  }
  if (cursor.acceptWord('select')) {
    const fields = cursor.inParens(() => cursor.list(() => parseField(cursor)));
    return single({ kind: 'select', fields, start, end: cursor.lastEnd });
  }
  return cursor.deeper(() => binary(cursor, 1));
}

function coalesce(cursor: Cursor): Operand | undefined {
  const word = cursor.acceptWord('coalesce');
  if (word === undefined) return undefined;
  cursor.expectSign('(');
  cursor.expectSign(')');
  return single({ kind: 'coalesce', start: word.start, end: cursor.lastEnd });
}

function binary(cursor: Cursor, powerMin: number): Operand {
  let lhs = operand(cursor);
  let levels = 0;
  for (;;) {
    const { token } = cursor;
    const power = token.kind === 'sign' ? powerOf(token.text) : undefined;
    if (power === undefined || power < powerMin || token.kind !== 'sign') break;
    // Comparing series is a stage of theirs, not an operator between two.
    if (lhs.sort === 'metrics' && power === 2) break;
    cursor.descend(1);
    levels++;
    cursor.take();
    const rhs = binary(cursor, token.text === '^' ? power : power + 1);
    lhs = combined(cursor, { lhs, sign: token, rhs });
  }
  cursor.descend(-levels);
  return lhs;
}

function operand(cursor: Cursor): Operand {
  const { token } = cursor;
  if (cursor.isSign('{')) return { sort: 'spanset', expr: spansetFilter(cursor) };
  if (cursor.isSign('(')) return wrapped(cursor);
  if (cursor.acceptSign('-')) {
    const inner = operand(cursor);
    if (inner.sort !== 'constant') return cursor.unexpected(token);
    return { sort: 'constant', expr: negated(cursor, inner.expr, token.start) };
  }
  if (token.kind === 'literal' && isNumber(token.literal.type)) {
    cursor.take();
    return { sort: 'constant', expr: { kind: 'static', literal: token.literal, start: token.start, end: token.end } };
  }
  if (cursor.isWord(...aggregateWords)) return { sort: 'scalar', expr: aggregate(cursor) };
  return cursor.unexpected();
}

const isNumber = (type: string): boolean => type === 'int' || type === 'float' || type === 'duration';

/** In parentheses, a pipeline becomes an operand. */
function wrapped(cursor: Cursor): Operand {
  const inner = cursor.inParens(() => pipelineOf(cursor));
  switch (inner.sort) {
    case 'pipeline':
    case 'scalarpipeline':
      return { ...inner, wrapped: true };
    case 'filter':
      return { ...single(inner.expr), wrapped: true } as Operand;
    case 'comparison':
      return cursor.unexpected();
    case 'spanset':
    case 'spansets':
    case 'metrics':
    case 'constant':
    case 'scalar':
      return inner;
  }
}

function spansetFilter(cursor: Cursor): FilterExpr {
  const { start } = cursor.expectSign('{');
  const end = cursor.acceptSign('}');
  if (end !== undefined) {
    const at = { start, end: end.end };
    return { kind: 'filter', expr: { kind: 'static', literal: { type: 'bool', value: true }, ...at }, ...at };
  }
  const expr = parseFieldExpr(cursor);
  return { kind: 'filter', expr, start, end: cursor.expectSign('}').end };
}

function aggregate(cursor: Cursor): AggregateExpr {
  const token = cursor.take();
  const op = (token.kind === 'word' ? token.text : '') as AggregateOp;
  if (op === 'count') {
    cursor.expectSign('(');
    cursor.expectSign(')');
    return { kind: 'aggregate', op, start: token.start, end: cursor.lastEnd };
  }
  const expr = cursor.inParens(() => parseFieldExpr(cursor));
  return { kind: 'aggregate', op, expr, start: token.start, end: cursor.lastEnd };
}
