/**
 * JSON, cut at the commas between its items. A first walk finds where everything lies; it is strict about what stands
 * around the items, and leaves the inside of values to the parser that reads the pieces.
 */
import { invalid } from '../json.ts';
import { Counter, type CutOptions, type Frame, Gathering, type Piece, type Shape } from './piece.ts';

const COMMA = 44;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const QUOTE = 34;
const BACKSLASH = 92;

/** Between two of these the walk lets others have a turn: it yields undefined. */
const walkBytes = 512 * 1024;

/** Yields undefined where there is no piece yet, but others may be due. */
export function* cutJson(body: Buffer, shape: Shape, options: CutOptions): Generator<Piece | undefined> {
  const walk = new Walk(body, options);
  walk.at = walk.afterSpace(0);
  if (body[walk.at] !== OPEN) throw invalid('must be an object');
  const root = yield* walk.object(shape);
  if (walk.afterSpace(walk.at) !== body.length) throw invalid(`goes on after its end, at byte ${walk.at}`);
  yield* cutObject(root, { body, options, outer: bare });
}

/** An object on the way to the items. */
interface Branch {
  readonly start: number;
  readonly end: number;
  /** Start and end by turns: the members that are not on the way. */
  readonly beside: readonly number[];
  readonly lists: readonly List[];
}

interface List {
  readonly name: string;
  readonly isList: boolean;
  /** Start and end by turns. */
  readonly ends: readonly number[];
  /** By place in the list, of those that are on the way and too large for a piece. */
  readonly branches: ReadonlyMap<number, Branch>;
}

class Walk {
  at = 0;
  private readonly body: Buffer;
  private readonly options: CutOptions;
  private readonly counter: Counter;
  private restAt = walkBytes;
  /** The value that is being skipped: where it began, and where in it we are. */
  private from: number | undefined;
  private depth = 0;
  private isText = false;

  constructor(body: Buffer, options: CutOptions) {
    this.body = body;
    this.options = options;
    this.counter = new Counter(options);
  }

  /** From "{" to past its "}". */
  *object(shape: Shape): Generator<undefined, Branch> {
    const start = this.at;
    const beside: number[] = [];
    const lists: List[] = [];
    this.at = this.afterSpace(this.at + 1);
    while (this.body[this.at] !== CLOSE) {
      const from = this.at;
      const name = yield* this.name();
      const below = Object.hasOwn(shape, name) ? shape[name] : undefined;
      const byte = this.body[this.at];
      if (below !== undefined && (byte === OPEN || byte === OPEN_LIST)) {
        if (lists.some((list) => list.name === name)) throw invalid(`has field ${name} twice in one object`);
        lists.push(yield* this.list(name, below, byte === OPEN_LIST));
      } else {
        yield* this.value();
        beside.push(from, this.at);
      }
      this.comma(CLOSE);
    }
    this.at++;
    return { start, end: this.at, beside, lists };
  }

  private *list(name: string, shape: Shape, isList: boolean): Generator<undefined, List> {
    const ends: number[] = [];
    const branches = new Map<number, Branch>();
    const isWay = Object.keys(shape).length > 0;
    if (isList) this.at = this.afterSpace(this.at + 1);
    while (!isList || this.body[this.at] !== CLOSE_LIST) {
      const start = this.at;
      if (isWay && this.body[this.at] === OPEN) {
        const branch = yield* this.object(shape);
        if (branch.end - branch.start > this.options.pieceBytes) branches.set(ends.length / 2, branch);
      } else while (!this.skip()) yield;
      this.counter.add(1);
      ends.push(start, this.at);
      if (!isList) return { name, isList, ends, branches };
      this.comma(CLOSE_LIST);
    }
    this.at++;
    return { name, isList, ends, branches };
  }

  /** `"name":`, up to the value. */
  private *name(): Generator<undefined, string> {
    if (this.body[this.at] !== QUOTE) throw this.unexpected('a field name');
    const start = this.at;
    yield* this.value();
    const name = this.body.toString('latin1', start + 1, Math.min(this.at - 1, start + 64));
    this.at = this.afterSpace(this.at);
    if (this.body[this.at] !== COLON) throw this.unexpected('":"');
    this.at = this.afterSpace(this.at + 1);
    this.counter.add(1);
    return name;
  }

  /** Past a comma and to what follows it, or to the closing bracket. */
  private comma(close: number): void {
    this.at = this.afterSpace(this.at);
    if (this.body[this.at] === close) return;
    if (this.body[this.at] !== COMMA) throw this.unexpected(`"," or "${String.fromCharCode(close)}"`);
    this.at = this.afterSpace(this.at + 1);
    if (this.body[this.at] === close) throw this.unexpected('a value after ","');
  }

  /** Past any value. */
  private *value(): Generator<undefined, void> {
    while (!this.skip()) yield;
  }

  /** Goes on past a value; false when others should have a turn before its end. Hot: it sees every byte. */
  private skip(): boolean {
    const { body } = this;
    const stop = Math.min(body.length, this.restAt);
    let { at, depth, isText } = this;
    this.from ??= at;
    for (; at < stop; at++) {
      if (isText) {
        at = textEnd(body, at, stop);
        if (at >= stop) break;
        isText = false;
        if (depth === 0) return this.pass(at + 1);
        continue;
      }
      const byte = body[at] as number;
      if (byte === QUOTE) isText = true;
      else if (byte === OPEN || byte === OPEN_LIST) depth++;
      else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (depth === 0) break;
        if (--depth === 0) return this.pass(at + 1);
      } else if (depth === 0 && (byte === COMMA || byte <= 32)) break;
    }
    if (at >= body.length || (at < stop && at === this.from)) throw this.unexpected('a value');
    // A number, true, false or null ends before what follows it.
    if (at < stop) return this.pass(at);
    Object.assign(this, { at, depth, isText, restAt: at + walkBytes });
    return false;
  }

  private pass(end: number): true {
    this.at = end;
    this.from = undefined;
    this.depth = 0;
    this.isText = false;
    return true;
  }

  afterSpace(from: number): number {
    let at = from;
    while (isSpace(this.body[at])) at++;
    return at;
  }

  private unexpected(what: string): Error {
    return invalid(
      this.at >= this.body.length ? 'ends too early' : `cannot be read at byte ${this.at}: expected ${what}`,
    );
  }
}

/** Where the text closes, or `stop` or the byte behind it. */
function textEnd(body: Buffer, from: number, stop: number): number {
  let at = from;
  while (at < stop) {
    const byte = body[at] as number;
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

interface Cut {
  readonly body: Buffer;
  readonly options: CutOptions;
  readonly outer: Frame;
}

const comma = Buffer.from(',');
const bare: Frame = { bytes: 0, wrap: (parts) => Buffer.concat(parts) };

function* cutObject(branch: Branch, { body, options, outer }: Cut): Generator<Piece> {
  const { lists } = branch;
  const head = headOf(branch, body);
  for (const list of lists) yield* cutList(list, { body, options, outer: inList(list, head, outer) });
  if (lists.length > 0) return;
  const frame = { bytes: outer.bytes + head.length, wrap: () => outer.wrap([head, Buffer.from('}')]) };
  yield* new Gathering(body, frame, options, comma).close();
}

/** The opening bracket and the members beside the lists, each with its comma. */
function headOf({ beside, lists }: Branch, body: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from('{')];
  for (let i = 0; i < beside.length; i += 2) {
    if (i > 0) parts.push(comma);
    parts.push(body.subarray(beside[i], beside[i + 1]));
  }
  if (beside.length > 0 && lists.length > 0) parts.push(comma);
  return Buffer.concat(parts);
}

function inList({ name, isList }: List, head: Buffer, outer: Frame): Frame {
  const before = Buffer.concat([head, Buffer.from(isList ? `"${name}":[` : `"${name}":`)]);
  const after = Buffer.from(isList ? ']}' : '}');
  return {
    bytes: outer.bytes + before.length,
    wrap: (parts) => outer.wrap([before, ...parts, after]),
  };
}

function* cutList(list: List, { body, options, outer }: Cut): Generator<Piece> {
  const gathering = new Gathering(body, outer, options, comma);
  for (let i = 0; i < list.ends.length; i += 2) {
    const branch = list.branches.get(i / 2);
    if (branch === undefined) {
      const full = gathering.add(list.ends[i] as number, list.ends[i + 1] as number);
      if (full.length > 0) yield* full;
    } else {
      yield* gathering.interrupt();
      yield* cutObject(branch, { body, options, outer });
    }
  }
  yield* gathering.close();
}
