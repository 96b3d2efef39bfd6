import { builtins } from './builtins.ts';
import { type Command, type Node, type Operand, type Pipe, TemplateProblem } from './nodes.ts';
import { printTime } from './times.ts';
import {
  type FunctionContext,
  isList,
  isMap,
  isTruthy,
  type TemplateFunction,
  textOf,
  typeName,
  type Value,
} from './values.ts';

export interface TemplateLimits {
  /** UTF-16 units of what one execution may print. */
  readonly textMax: number;
  /** Nodes that one execution may visit. */
  readonly stepsMax: number;
}

type Flow = 'on' | 'break' | 'continue';

export interface ExecutionDeps<C extends FunctionContext> {
  /** What a template may call beside the builtins. */
  readonly functions: ReadonlyMap<string, TemplateFunction<C>>;
  /** Handed to every function. */
  readonly ctx: C;
  readonly limits: TemplateLimits;
}

/** Templates that run templates that run templates. */
const depthMax = 100;

/** Runs templates. Throws TemplateProblem when it cannot, or when one prints or works too much. */
export class Execution<C extends FunctionContext> {
  private output = '';
  private steps = 0;
  private depth = 0;
  private variables: { name: string; value: Value }[] = [];
  private readonly functions: ReadonlyMap<string, TemplateFunction<C>>;
  private readonly ctx: C;
  private readonly limits: TemplateLimits;

  constructor({ functions, ctx, limits }: ExecutionDeps<C>) {
    this.functions = functions;
    this.ctx = ctx;
    this.limits = limits;
  }

  run(nodes: readonly Node[], dot: Value): string {
    this.output = '';
    this.steps = 0;
    this.depth = 0;
    this.variables = [{ name: '$', value: dot }];
    this.list(nodes, dot);
    return this.output;
  }

  private list(nodes: readonly Node[], dot: Value): Flow {
    for (const node of nodes) {
      const flow = this.node(node, dot);
      if (flow !== 'on') return flow;
    }
    return 'on';
  }

  private node(node: Node, dot: Value): Flow {
    this.countStep();
    switch (node.kind) {
      case 'text':
        this.print(node.text);
        return 'on';
      case 'action': {
        const value = this.pipe(node.pipe, dot);
        if (node.pipe.variables.length === 0) this.print(value === undefined ? '<no value>' : textOf(value, printTime));
        return 'on';
      }
      case 'template':
        this.template(node, dot);
        return 'on';
      case 'break':
      case 'continue':
        return node.kind;
      default:
        return this.branch(node, dot);
    }
  }

  private template(node: Extract<Node, { kind: 'template' }>, dot: Value): void {
    const body = node.definitions.get(node.name);
    if (body === undefined) throw new TemplateProblem(`template ${JSON.stringify(node.name)} not defined`);
    if (this.depth >= depthMax) throw new TemplateProblem(`exceeded maximum template depth (${depthMax})`);
    const value = node.pipe === undefined ? undefined : this.pipe(node.pipe, dot);
    const outside = this.variables;
    this.variables = [{ name: '$', value }];
    this.depth++;
    this.list(body, value);
    this.depth--;
    this.variables = outside;
  }

  private branch(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, dot: Value): Flow {
    const mark = this.variables.length;
    const value = this.pipe(node.pipe, dot);
    let flow: Flow = 'on';
    if (node.kind === 'range') flow = this.range(node, value, dot);
    else if (isTruthy(value)) flow = this.list(node.body, node.kind === 'with' ? value : dot);
    else flow = this.list(node.otherwise, dot);
    this.variables.length = mark;
    return flow;
  }

  private range(node: Extract<Node, { kind: 'range' }>, value: Value, dot: Value): Flow {
    const items = itemsOf(value);
    if (items.length === 0) return this.list(node.otherwise, dot);
    const mark = this.variables.length;
    const { variables } = node.pipe;
    for (const [key, item] of items) {
      const [first, second] = variables.slice(-2);
      if (first !== undefined) this.assign(first, second === undefined ? item : key, node.pipe.declares);
      if (second !== undefined) this.assign(second, item, node.pipe.declares);
      const flow = this.list(node.body, item);
      if (node.pipe.declares) this.variables.length = mark;
      if (flow === 'break') break;
      this.countStep();
    }
    return 'on';
  }

  private pipe({ variables, declares, commands }: Pipe, dot: Value): Value {
    let value: Value;
    let isFirst = true;
    for (const command of commands) {
      value = this.command(command, dot, isFirst ? [] : [value]);
      isFirst = false;
    }
    for (const name of variables) this.assign(name, value, declares);
    return value;
  }

  private assign(name: string, value: Value, declares: boolean): void {
    const known = declares ? undefined : this.variables.findLast((variable) => variable.name === name);
    if (known === undefined) this.variables.push({ name, value });
    else known.value = value;
  }

  private command({ args }: Command, dot: Value, piped: readonly Value[]): Value {
    this.countStep();
    const [first, ...rest] = args;
    if (first === undefined) return undefined;
    if (first.kind === 'function') return this.call(first.name, rest, dot, piped);
    if (rest.length > 0 || piped.length > 0) throw new TemplateProblem(`can't give argument to non-function`);
    return this.operand(first, dot);
  }

  private call(name: string, args: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    // `and` and `or` stop at the first argument that decides.
    if (name === 'and' || name === 'or') return this.decide(name, args, dot, piped);
    const values = [...args.map((arg) => this.operand(arg, dot)), ...piped];
    const builtin = builtins.get(name);
    if (builtin !== undefined) return builtin(values, this.ctx);
    const known = this.functions.get(name);
    if (known === undefined) throw new TemplateProblem(`function ${JSON.stringify(name)} not defined`);
    return known(values, this.ctx);
  }

  private decide(name: 'and' | 'or', args: readonly Operand[], dot: Value, piped: readonly Value[]): Value {
    let value: Value;
    for (let i = 0; i < args.length + piped.length; i++) {
      const arg = args[i];
      value = arg === undefined ? piped[i - args.length] : this.operand(arg, dot);
      if (isTruthy(value) === (name === 'or')) return value;
    }
    return value;
  }

  private operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'dot':
        return dot;
      case 'field':
        return fieldOf(dot, operand.path);
      case 'variable': {
        const known = this.variables.findLast(({ name }) => name === operand.name);
        return fieldOf(known?.value, operand.path);
      }
      case 'function':
        return this.call(operand.name, [], dot, []);
      case 'pipe':
        return fieldOf(this.pipe(operand.pipe, dot), operand.path);
    }
  }

  private print(text: string): void {
    this.output += text;
    if (this.output.length > this.limits.textMax) {
      throw new TemplateProblem(`the text is longer than limits.query.templateTextMax (${this.limits.textMax})`);
    }
  }

  private countStep(): void {
    if (++this.steps > this.limits.stepsMax) {
      throw new TemplateProblem(
        `the template takes more than limits.query.templateStepsMax (${this.limits.stepsMax}) steps`,
      );
    }
  }
}

/** Labels that are absent are empty; so are the labels of a label. Fields of JSON that are absent are nil. */
function fieldOf(value: Value, path: readonly string[]): Value {
  let current = value;
  for (const name of path) {
    if (isMap(current)) {
      const found: Value = current.get(name);
      if (found === undefined && structs.has(current)) throw new TemplateProblem(`can't evaluate field ${name}`);
      current = found === undefined && isLabels(current) ? '' : found;
    } else if (current === undefined) throw new TemplateProblem(`nil data; no entry for key ${JSON.stringify(name)}`);
    else throw new TemplateProblem(`can't evaluate field ${name} in type ${typeName(current)}`);
  }
  return current;
}

const labelMaps = new WeakSet<object>();

/** Marks a map as a label set, where a missing name is the empty text. */
export function asLabels(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  labelMaps.add(labels);
  return labels;
}

const structs = new WeakSet<object>();

/** Marks a map as a Go struct, where a missing name is a mistake. */
export function asStruct(fields: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  structs.add(fields);
  return fields;
}

const isLabels = (map: ReadonlyMap<string, Value>): boolean => labelMaps.has(map);

function itemsOf(value: Value): (readonly [Value, Value])[] {
  if (isList(value)) return value.map((item, i) => [BigInt(i), item] as const);
  if (isMap(value)) return [...value.keys()].sort().map((name) => [name, value.get(name)] as const);
  if (typeof value === 'bigint' && value < 1_000_000n) {
    return Array.from({ length: Math.max(0, Number(value)) }, (_, i) => [BigInt(i), BigInt(i)] as const);
  }
  if (value === undefined) return [];
  throw new TemplateProblem(`range can't iterate over ${textOf(value, printTime)}`);
}
