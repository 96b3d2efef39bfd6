import { unquote } from '@farol/promql';
import { type Piece, splitTemplate, type TemplateToken } from './lex.ts';
import { type Command, type Node, type Operand, type Pipe, TemplateProblem } from './nodes.ts';

const nestingMax = 100;

/** Reads a template. `isFunction` knows the functions there are; `name` stands in error messages. */
export function parseTemplate(template: string, name: string, isFunction: (name: string) => boolean): readonly Node[] {
  const parser = new TemplateParser(splitTemplate(template, name), name, isFunction);
  const { nodes, endedBy } = parser.block(0);
  if (endedBy !== 'eof') parser.fail(`unexpected {{${endedBy}}}`);
  return nodes;
}

type BlockEnd = 'eof' | 'end' | 'else';

class TemplateParser {
  private readonly pieces: readonly Piece[];
  private readonly name: string;
  private readonly isFunction: (name: string) => boolean;
  private piece = 0;
  private line = 1;
  private tokens: readonly TemplateToken[] = [];
  private at = 0;
  private known = new Set(['$']);
  private readonly definitions = new Map<string, readonly Node[]>();

  constructor(pieces: readonly Piece[], name: string, isFunction: (name: string) => boolean) {
    this.pieces = pieces;
    this.name = name;
    this.isFunction = isFunction;
  }

  fail(problem: string): never {
    throw new TemplateProblem(`template: ${this.name}:${this.line}: ${problem}`);
  }

  /** Reads nodes up to what ends the block, leaving the rest of an `else` action to the caller. */
  block(depth: number): { nodes: Node[]; endedBy: BlockEnd } {
    if (depth > nestingMax) this.fail('max nesting depth exceeded');
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.pieces[this.piece++];
      if (piece === undefined) return { nodes, endedBy: 'eof' };
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      this.line = piece.line;
      this.tokens = piece.tokens;
      this.at = 0;
      this.skipSpace();
      const word = this.peek()?.kind === 'word' ? (this.peek()?.text ?? '') : '';
      if (word === 'end' || word === 'else') {
        this.at++;
        return { nodes, endedBy: word };
      }
      nodes.push(this.action(word, depth));
    }
  }

  private action(word: string, depth: number): Node {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        this.at++;
        return this.control(word, depth);
      case 'break':
      case 'continue':
        this.at++;
        this.expectEnd(word);
        return { kind: word };
      case 'template':
      case 'define':
      case 'block':
        this.at++;
        return this.named(word, depth);
      default:
        return { kind: 'action', pipe: this.pipe('command') };
    }
  }

  private control(kind: 'if' | 'with' | 'range', depth: number): Node {
    const before = new Set(this.known);
    const pipe = this.pipe(kind);
    const { nodes, endedBy } = this.block(depth + 1);
    if (endedBy === 'eof') this.fail('unexpected EOF');
    const otherwise = endedBy === 'else' ? this.otherwise(kind, depth) : [];
    if (endedBy === 'end') this.expectEnd('end');
    for (const name of this.known) if (!before.has(name)) this.known.delete(name);
    return { kind, pipe, body: nodes, otherwise };
  }

  /** `{{template "x" .}}` runs what `{{define "x"}}` has named; `{{block "x" .}}` is both at once. */
  private named(kind: 'template' | 'define' | 'block', depth: number): Node {
    this.skipSpace();
    const literal = this.tokens[this.at++];
    const name = literal?.kind === 'string' ? unquote(literal.text) : undefined;
    if (name === undefined) this.fail(`unexpected ${JSON.stringify(literal?.text ?? 'EOF')} in ${kind} clause`);
    this.skipSpace();
    const pipe = this.peek() === undefined || kind === 'define' ? undefined : this.pipe(kind);
    this.expectEnd(kind);
    if (kind === 'define' && depth > 0) this.fail('unexpected {{define}}');
    if (kind !== 'template') this.definitions.set(name, this.definition(depth));
    return kind === 'define'
      ? { kind: 'text', text: '' }
      : { kind: 'template', name, pipe, definitions: this.definitions };
  }

  /** Variables from outside are not seen inside. */
  private definition(depth: number): readonly Node[] {
    const outside = this.known;
    this.known = new Set(['$']);
    const { nodes, endedBy } = this.block(depth + 1);
    if (endedBy === 'eof') this.fail('unexpected EOF');
    if (endedBy === 'else') this.fail('unexpected {{else}}');
    this.expectEnd('end');
    this.known = outside;
    return nodes;
  }

  /** After `{{else`: nothing, or an `if` (`with`) of its own that ends with the same `{{end}}`. */
  private otherwise(kind: 'if' | 'with' | 'range', depth: number): Node[] {
    this.skipSpace();
    const next = this.peek();
    if (next?.kind === 'word' && next.text === kind && kind !== 'range') {
      this.at++;
      return [this.control(kind, depth + 1)];
    }
    this.expectEnd('else');
    const { nodes, endedBy } = this.block(depth + 1);
    if (endedBy === 'eof') this.fail('unexpected EOF');
    if (endedBy === 'else') this.fail('expected end; found {{else}}');
    this.expectEnd('end');
    return nodes;
  }

  private pipe(context: string, isNested = false): Pipe {
    const { variables, declares } = this.declarations(context);
    const commands: Command[] = [];
    for (;;) {
      commands.push({ args: this.args() });
      this.skipSpace();
      const next = this.peek();
      if (next === undefined || (isNested && next.text === ')')) break;
      if (next.text !== '|') this.fail(`unexpected ${JSON.stringify(next.text)} in ${context}`);
      this.at++;
    }
    if (commands.some(({ args }) => args.length === 0)) this.fail(`missing value for ${context}`);
    const idle = commands.slice(1).find(({ args: [first] }) => first?.kind === 'literal' || first?.kind === 'dot');
    if (idle !== undefined) this.fail(`non executable command in pipeline stage ${commands.indexOf(idle) + 1}`);
    for (const variable of variables) this.known.add(variable);
    return { variables, declares, commands };
  }

  private declarations(context: string): { variables: string[]; declares: boolean } {
    const start = this.at;
    const variables: string[] = [];
    for (;;) {
      this.skipSpace();
      const variable = this.peek();
      if (variable?.kind !== 'variable') break;
      this.at++;
      variables.push(variable.text);
      this.skipSpace();
      const sign = this.peek()?.text;
      this.at++;
      if (sign === ':=' || sign === '=') return { variables, declares: sign === ':=' };
      if (sign !== ',' || context !== 'range') break;
    }
    this.at = start;
    return { variables: [], declares: false };
  }

  private args(): Operand[] {
    const args: Operand[] = [];
    for (;;) {
      this.skipSpace();
      const next = this.peek();
      if (next === undefined || next.text === '|' || next.text === ')') return args;
      args.push(this.operand());
    }
  }

  private operand(): Operand {
    const next = this.tokens[this.at++];
    switch (next?.kind) {
      case 'string':
        return { kind: 'literal', value: unquote(next.text) ?? this.fail(`invalid syntax in ${next.text}`) };
      case 'char':
        return { kind: 'literal', value: BigInt(charOf(next.text)) };
      case 'number':
        return { kind: 'literal', value: numberOf(next.text) };
      case 'dot':
        return { kind: 'dot' };
      case 'field':
        return { kind: 'field', path: [next.text.slice(1), ...this.path()] };
      case 'variable':
        if (!this.known.has(next.text)) this.fail(`undefined variable ${JSON.stringify(next.text)}`);
        return { kind: 'variable', name: next.text, path: this.path() };
      case 'word':
        return this.word(next.text);
      default:
    }
    if (next?.text !== '(') this.fail(`unexpected ${JSON.stringify(next?.text ?? 'EOF')} in operand`);
    const pipe = this.pipe('parenthesized pipeline', true);
    if (this.tokens[this.at++]?.text !== ')') this.fail('unclosed left paren');
    return { kind: 'pipe', pipe, path: this.path() };
  }

  private word(text: string): Operand {
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
    if (text === 'nil') return { kind: 'literal', value: undefined };
    if (!this.isFunction(text)) this.fail(`function ${JSON.stringify(text)} not defined`);
    return { kind: 'function', name: text };
  }

  private path(): string[] {
    const path: string[] = [];
    while (this.peek()?.kind === 'field') path.push((this.tokens[this.at++]?.text ?? '').slice(1));
    return path;
  }

  private expectEnd(word: string): void {
    this.skipSpace();
    const next = this.peek();
    if (next !== undefined) this.fail(`unexpected ${JSON.stringify(next.text)} in ${word}`);
  }

  private peek(): TemplateToken | undefined {
    return this.tokens[this.at];
  }

  private skipSpace(): void {
    while (this.peek()?.kind === 'space') this.at++;
  }
}

function numberOf(text: string): bigint | number {
  const plain = text.replaceAll('_', '');
  if (!/^[+-]?(\d+|0[xX][0-9a-fA-F]+)$/.test(plain)) return Number(plain);
  const digits = plain.replace(/^[+-]/, '');
  return plain.startsWith('-') ? -BigInt(digits) : BigInt(digits);
}

function charOf(literal: string): number {
  const text = unquote(`"${literal.slice(1, -1).replaceAll('"', '\\"').replaceAll("\\'", "'")}"`) ?? '';
  return text.codePointAt(0) ?? 0;
}
