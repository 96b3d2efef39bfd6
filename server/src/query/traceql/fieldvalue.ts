/** Expressions as functions from a span to its value. */
import type { Field, FieldExpr, IntrinsicName } from '@farol/traceql';
import { attributesFromOtlp } from '../stored/index.ts';
import { idPadded } from './comparison.ts';
import { type Cell, cellSql, fieldKey, isService } from './fields.ts';
import { matcherOf } from './patterns.ts';
import type { SpanRow, Trace, TraceSpan } from './trace.ts';
import { attributeValue, compare, compute, isTrue, negate, type Scalar, scalarOf, truth, type Value } from './value.ts';

export type Evaluate = (span: TraceSpan, trace: Trace) => Value;

/** Which column holds which field. */
export interface Slots {
  readonly fields: readonly Field[];
  readonly aliasOf: (field: Field) => string | undefined;
  readonly needsEvents: boolean;
  readonly needsLinks: boolean;
}

/** The columns that the span's row has anyway. */
const always: ReadonlySet<string> = new Set<IntrinsicName>([
  'span:duration',
  'span:name',
  'span:kind',
  'span:status',
  'span:id',
  'span:parentID',
  'trace:id',
]);

export function slotsOf(fields: readonly Field[]): Slots {
  const asked = fields.filter((field) => !always.has(fieldKey(field)) && !isService(field) && cellSql(field));
  const names = new Map(asked.map((field, index) => [fieldKey(field), `f${index}`]));
  const touches = (part: 'event' | 'link') =>
    fields.some((field) => (field.kind === 'attribute' ? field.scope === part : field.name.startsWith(`${part}:`)));
  return {
    fields: asked,
    aliasOf: (field) => names.get(fieldKey(field)),
    needsEvents: touches('event'),
    needsLinks: touches('link'),
  };
}

export function evaluatorOf(expr: FieldExpr, slots: Slots): Evaluate {
  switch (expr.kind) {
    case 'static': {
      const value = scalarOf(expr.literal);
      return () => value;
    }
    case 'attribute':
    case 'intrinsic':
      return fieldEvaluator(expr, slots);
    case 'exists': {
      const inner = evaluatorOf(expr.expr, slots);
      return (span, trace) => truth(isNil(inner(span, trace)) === expr.negated);
    }
    case 'unary': {
      const inner = evaluatorOf(expr.expr, slots);
      if (expr.op === '-') return (span, trace) => negate(inner(span, trace));
      return (span, trace) => {
        const value = inner(span, trace);
        return value?.type === 'bool' ? truth(!value.value) : undefined;
      };
    }
    case 'binary':
      return binaryEvaluator(expr, slots);
  }
}

const isNil = (value: Value): boolean => value === undefined || (value.type === 'list' && value.items.length === 0);

function binaryEvaluator(expr: FieldExpr & { kind: 'binary' }, slots: Slots): Evaluate {
  const { op } = expr;
  const lhs = withIds(expr.lhs, expr.rhs, slots);
  const rhs = withIds(expr.rhs, expr.lhs, slots);
  switch (op) {
    case '&&':
      return (span, trace) => truth(isTrue(lhs(span, trace)) && isTrue(rhs(span, trace)));
    case '||':
      return (span, trace) => truth(isTrue(lhs(span, trace)) || isTrue(rhs(span, trace)));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return (span, trace) => compute(op, lhs(span, trace), rhs(span, trace));
    case '=~':
    case '!~': {
      const literal = expr.rhs.kind === 'static' ? expr.rhs.literal : undefined;
      const matches = matcherOf(literal?.type === 'string' ? literal.value : '');
      return (span, trace) => truth(compare(op, lhs(span, trace), rhs(span, trace), matches));
    }
    default:
      return (span, trace) => truth(compare(op, lhs(span, trace), rhs(span, trace)));
  }
}

const idDigits: Readonly<Partial<Record<IntrinsicName, number>>> = {
  'trace:id': 32,
  'link:traceID': 32,
  'span:id': 16,
  'span:parentID': 16,
  'link:spanID': 16,
};

/** A literal that an id is compared with is read as an id: short ones and capitals are one with ours. */
function withIds(expr: FieldExpr, other: FieldExpr, slots: Slots): Evaluate {
  const digits = other.kind === 'intrinsic' ? idDigits[other.name] : undefined;
  if (digits === undefined || expr.kind !== 'static') return evaluatorOf(expr, slots);
  const value = idPadded(scalarOf(expr.literal), digits);
  return () => value;
}

export function fieldEvaluator(field: Field, slots: Slots): Evaluate {
  if (isService(field)) return ({ row }) => text(row.service);
  const name = slots.aliasOf(field);
  if (name !== undefined) return ({ row }) => cellValue(row[name] as Cell);
  if (field.kind === 'intrinsic') return intrinsic(field.name);
  return partAttribute(field.scope === 'event' ? 'events' : 'links', field.name);
}

export const cellValue = ([there, value, type]: Cell): Value =>
  Number(there) === 0 ? undefined : attributeValue(value, type);

const text = (value: string): Scalar => ({ type: 'string', value });
const int = (value: number): Scalar => ({ type: 'int', value });
const duration = (value: number): Scalar => ({ type: 'duration', value });

function intrinsic(name: IntrinsicName): Evaluate {
  switch (name) {
    case 'span:duration':
      return (span) => duration(span.durationNs);
    case 'span:name':
      return ({ row }) => text(row.name);
    case 'span:kind':
      return ({ row }) => ({ type: 'kind', value: row.kind });
    case 'span:status':
      return ({ row }) => ({ type: 'status', value: row.status });
    case 'span:id':
      return ({ row }) => text(row.span_id);
    case 'span:parentID':
      return ({ row }) => text(row.parent_span_id);
    case 'span:childCount':
      return (span) => int(span.childCount);
    case 'trace:id':
      return ({ row }) => text(row.trace_id);
    case 'trace:duration':
      return (_, trace) => duration(trace.durationNs);
    case 'trace:rootName':
      return (_, trace) => text(trace.root?.row.name ?? '');
    case 'trace:rootService':
      return (_, trace) => text(trace.root?.row.service ?? '');
    case 'nestedSetLeft':
      return (span) => int(span.left);
    case 'nestedSetRight':
      return (span) => int(span.right);
    case 'nestedSetParent':
      return (span) => int(span.row.parent_span_id === '' ? -1 : (span.parent?.left ?? 0));
    case 'event:name':
      return parts('events', (event) => text(String(event.name ?? '')));
    case 'event:timeSinceStart':
      return parts('events', (event, span) => duration(Number(BigInt(String(event.timeUnixNano ?? 0)) - span.startNs)));
    case 'link:traceID':
      return parts('links', (link) => text(String(link.traceId ?? '')));
    case 'link:spanID':
      return parts('links', (link) => text(String(link.spanId ?? '')));
    case 'span:statusMessage':
    case 'instrumentation:name':
    case 'instrumentation:version':
    case 'parent':
      return () => undefined;
  }
}

type Part = Readonly<Record<string, unknown>>;

function partsOf(row: SpanRow, column: 'events' | 'links'): readonly Part[] {
  const json = row[column];
  return json === '' || json === undefined ? [] : (JSON.parse(json) as Part[]);
}

function parts(column: 'events' | 'links', read: (part: Part, span: TraceSpan) => Scalar): Evaluate {
  return (span) => {
    const items = partsOf(span.row, column).map((part) => read(part, span));
    return items.length === 0 ? undefined : { type: 'list', items, of: 'events' };
  };
}

function partAttribute(column: 'events' | 'links', name: string): Evaluate {
  return ({ row }) => {
    const items: Scalar[] = [];
    for (const part of partsOf(row, column)) {
      const found = attributesFromOtlp(part.attributes).find(({ key }) => key === name);
      const value = found && attributeValue(found.value, found.type === 'string' ? '' : found.type);
      if (value?.type === 'list') items.push(...value.items);
      else if (value !== undefined) items.push(value);
    }
    return items.length === 0 ? undefined : { type: 'list', items, of: 'events' };
  };
}
