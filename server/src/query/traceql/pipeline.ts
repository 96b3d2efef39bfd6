/** A pipeline evaluated over one whole trace: spansets in, spansets out. */
import { type AggregateOp, type Pipeline, printField, type SpansetSource, type Stage } from '@farol/traceql';
import { type Evaluate, evaluatorOf, type Slots } from './fieldvalue.ts';
import { related } from './structure.ts';
import type { Trace, TraceSpan } from './trace.ts';
import { compare, isTrue, keyOf, numberOf, type Scalar, scalarOf, type Value } from './value.ts';

export interface Spanset {
  readonly spans: readonly TraceSpan[];
  /** What grouping and aggregates say of the set: `by(name)`, `count()`. */
  readonly about: readonly (readonly [name: string, value: Value])[];
}

type Step = (sets: readonly Spanset[], trace: Trace) => Spanset[];

export function pipelineOf(pipeline: Pipeline, slots: Slots): (trace: Trace) => Spanset[] {
  const steps = pipeline.stages.map((stage) => stepOf(stage, slots));
  return (trace) => {
    let sets: Spanset[] = [{ spans: trace.spans, about: [] }];
    for (const step of steps) sets = step(sets, trace).filter(({ spans }) => spans.length > 0);
    return sets;
  };
}

function stepOf(stage: Stage | SpansetSource, slots: Slots): Step {
  switch (stage.kind) {
    case 'filter': {
      const passes = evaluatorOf(stage.expr, slots);
      return eachSet((spans, trace) => spans.filter((span) => isTrue(passes(span, trace))));
    }
    case 'spansets':
      return joined(stage, slots);
    case 'pipeline': {
      const steps = stage.stages.map((inner) => stepOf(inner, slots));
      return (sets, trace) =>
        steps.reduce<Spanset[]>((at, step) => step(at, trace).filter(({ spans }) => spans.length > 0), [...sets]);
    }
    case 'by':
      return grouped(`by(${printField(stage.expr)})`, evaluatorOf(stage.expr, slots));
    case 'coalesce':
      return (sets) => [{ spans: [...new Set(sets.flatMap(({ spans }) => spans))], about: [] }];
    case 'scalarfilter':
      return scalarFilter(stage, slots);
    case 'select':
    case 'aggregate':
      return (sets) => [...sets];
  }
}

function eachSet(change: (spans: readonly TraceSpan[], trace: Trace) => readonly TraceSpan[]): Step {
  return (sets, trace) => sets.map(({ spans, about }) => ({ spans: change(spans, trace), about }));
}

function joined({ op, lhs, rhs }: SpansetSource & { kind: 'spansets' }, slots: Slots): Step {
  const left = stepOf(lhs, slots);
  const right = stepOf(rhs, slots);
  const spansOf = (step: Step, set: Spanset, trace: Trace) => step([set], trace).flatMap(({ spans }) => spans);
  return (sets, trace) =>
    sets.map((set) => {
      const a = spansOf(left, set, trace);
      const b = spansOf(right, set, trace);
      if (op === '&&') return { spans: a.length > 0 && b.length > 0 ? both(a, b) : [], about: set.about };
      return { spans: op === '||' ? both(a, b) : related(op, a, b), about: set.about };
    });
}

const both = (a: readonly TraceSpan[], b: readonly TraceSpan[]): TraceSpan[] => [...new Set([...a, ...b])];

function grouped(name: string, evaluate: Evaluate): Step {
  return (sets, trace) =>
    sets.flatMap(({ spans, about }) => {
      const groups = new Map<string, { value: Value; spans: TraceSpan[] }>();
      for (const span of spans) {
        const value = evaluate(span, trace);
        const group = groups.get(keyOf(value));
        if (group === undefined) groups.set(keyOf(value), { value, spans: [span] });
        else group.spans.push(span);
      }
      return [...groups.values()].map((group) => ({
        spans: group.spans,
        about: [...about, [name, group.value] as const],
      }));
    });
}

function scalarFilter({ op, lhs, rhs }: Stage & { kind: 'scalarfilter' }, slots: Slots): Step {
  if (lhs.kind !== 'aggregate' || rhs.kind !== 'static') throw new Error('the check lets only these through');
  const bound = scalarOf(rhs.literal);
  const name = `${lhs.op}(${lhs.expr ? printField(lhs.expr) : ''})`;
  const evaluate = lhs.expr && evaluatorOf(lhs.expr, slots);
  return (sets, trace) =>
    sets.flatMap(({ spans, about }) => {
      const value = evaluate === undefined ? count(spans) : aggregated(lhs.op, spans, (span) => evaluate(span, trace));
      return compare(op, value, bound) ? [{ spans, about: [...about, [name, value] as const] }] : [];
    });
}

const count = (spans: readonly TraceSpan[]): Scalar => ({ type: 'int', value: spans.length });

/** Spans without the value are left out; of none, there is no aggregate. */
function aggregated(op: AggregateOp, spans: readonly TraceSpan[], read: (span: TraceSpan) => Value): Value {
  let type: 'int' | 'float' | 'duration' = 'int';
  const numbers: number[] = [];
  for (const span of spans) {
    const value = read(span);
    const number = numberOf(value);
    if (number === undefined || value === undefined) continue;
    if (value.type === 'duration' || (value.type === 'float' && type === 'int')) type = value.type;
    numbers.push(number);
  }
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  switch (op) {
    case 'count':
      return { type: 'int', value: numbers.length };
    case 'sum':
      return { type, value: sum };
    case 'avg':
      return { type: type === 'int' ? 'float' : type, value: sum / numbers.length };
    case 'min':
      return { type, value: numbers.reduce((a, b) => Math.min(a, b)) };
    case 'max':
      return { type, value: numbers.reduce((a, b) => Math.max(a, b)) };
  }
}
