import { type Extraction, parseJsonPath } from '@farol/logql';
import { cleanValue, failParser, hasAllRequired, isNeedless, isUseless, labelNameOf, nameCache } from './fields.ts';
import {
  elementAt,
  endOfValue,
  isObjectAt,
  type JsonKind,
  JsonProblem,
  kindAt,
  Members,
  notAnObject,
  skipBlanks,
  unescapeJson,
} from './jsonscan.ts';
import { type Hints, StageProblem, type Step } from './stage.ts';
import type { LineState } from './state.ts';

const JSON_ERROR = 'JSONParserErr';
const nestingMax = 100;

/** Every field of the line's object; those of inner objects are `outer_inner`. Arrays and nulls are left out. */
export function jsonParser(hints: Hints): Step {
  const walker = new Walker(hints);
  const walk = (state: LineState): void => {
    walker.walk(state, { at: 0, prefix: '', depth: 0 });
  };
  return (state) => {
    if (isNeedless(state, hints)) return true;
    // Of mixed lines most may be no JSON at all, and to throw is dear.
    if (!isObjectAt(state.line, skipBlanks(state.line, 0))) failParser(state, hints, JSON_ERROR, notAnObject);
    else guarded(state, hints, walk);
    return true;
  };
}

/** Runs a scan; what is wrong with the JSON becomes the line's error. */
function guarded(state: LineState, hints: Hints, scan: (state: LineState) => void): void {
  try {
    scan(state);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    failParser(state, hints, JSON_ERROR, error.message);
  }
}

interface Place {
  readonly at: number;
  /** Of the label names in this object; `''` at the top. */
  readonly prefix: string;
  readonly depth: number;
}

/** Takes what is wanted out of line after line. */
class Walker {
  private readonly hints: Hints;
  private readonly levels: Members[] = [];
  private readonly nameOf = nameCache();
  private readonly inside = new Map<string, (key: string) => string>();

  constructor(hints: Hints) {
    this.hints = hints;
  }

  /** Hot: once per object of a line. True when all that is wanted has been found. */
  walk(state: LineState, { at, prefix, depth }: Place): boolean {
    if (depth > nestingMax) throw new JsonProblem('Maximum depth exceeded');
    const { hints } = this;
    const members = this.membersAt(depth);
    const nameOf = prefix === '' ? this.nameOf : this.namesInside(prefix);
    members.open(state.line, at);
    while (members.next()) {
      const { kind } = members;
      if (kind === 'array' || kind === 'null') continue;
      const name = nameOf(members.key);
      if (kind === 'object') {
        const place = { at: members.start, prefix: name, depth: depth + 1 };
        if (isPrefixOfRequired(hints, name) && this.walk(state, place)) return true;
      } else if (name !== '' && !isUseless(hints, name) && this.found(state, name, members)) return true;
    }
    return false;
  }

  private found(state: LineState, name: string, { kind, start, end }: Members): boolean {
    const { hints } = this;
    const label = state.nameFor(name);
    if (isUseless(hints, label) || state.isExtracted(label)) return false;
    const raw = state.line.slice(start, end);
    state.set(label, kind === 'string' ? cleanValue(unescapeJson(raw)) : raw);
    return hasAllRequired(state, hints);
  }

  private membersAt(depth: number): Members {
    const known = this.levels[depth];
    if (known !== undefined) return known;
    const made = new Members();
    this.levels[depth] = made;
    return made;
  }

  private namesInside(prefix: string): (key: string) => string {
    const known = this.inside.get(prefix);
    if (known !== undefined) return known;
    if (this.inside.size >= prefixesMax) this.inside.clear();
    const made = nameCache((key) => nameInside(prefix, key));
    this.inside.set(prefix, made);
    return made;
  }
}

const prefixesMax = 1_000;

/** Only the first part of a name minds its first digit. */
function nameInside(prefix: string, key: string): string {
  const part = key.trim();
  return part === '' ? prefix : `${prefix}_${labelNameOf(`_${part}`).slice(1)}`;
}

function isPrefixOfRequired({ required }: Hints, prefix: string): boolean {
  if (required === undefined || required.size === 0) return true;
  for (const name of required) if (name.startsWith(prefix)) return true;
  return false;
}

/** `| json a="b.c[0]"`: only what the paths name; a path that leads nowhere gives an empty label. */
export function jsonExtractor(extractions: readonly Extraction[], hints: Hints): Step {
  const wanted = extractions.map(({ name, path }) => {
    const steps = parseJsonPath(path);
    if ('problem' in steps) throw new StageProblem(`cannot parse expression [${path}]: ${steps.problem}`);
    return { name, steps };
  });
  return (state) => {
    const { line } = state;
    if (line === '' || isNeedless(state, hints)) return true;
    if (!'"{['.includes(line.charAt(0))) {
      failParser(state, hints, JSON_ERROR, '');
      return true;
    }
    for (const { name, steps } of wanted) {
      const value = readPath(line, steps);
      if (value !== undefined) state.set(state.nameFor(name), value);
      else if (state.get(name) === undefined) state.set(name, '');
    }
    return true;
  };
}

/** The value at a path; undefined when there is none, and when the text around it is no JSON. */
function readPath(text: string, steps: readonly (string | number)[]): string | undefined {
  try {
    let at = skipBlanks(text, 0);
    let found: Found = { kind: kindAt(text, at), start: at, end: text.length };
    for (const step of steps) {
      const next = stepInto(text, at, found.kind, step);
      if (next === undefined) return undefined;
      found = next;
      at = next.start;
    }
    if (found.kind === 'null') return '';
    const raw = text.slice(found.start, found.end);
    return found.kind === 'object' ? raw : cleanValue(unescapeJson(raw));
  } catch (error) {
    if (error instanceof JsonProblem) return undefined;
    throw error;
  }
}

interface Found {
  readonly kind: JsonKind;
  readonly start: number;
  readonly end: number;
}

function stepInto(text: string, at: number, kind: JsonKind, step: string | number): Found | undefined {
  if (typeof step === 'number') return kind === 'array' ? elementAt(text, at, step) : undefined;
  if (kind !== 'object') return undefined;
  const members = new Members();
  members.open(text, at);
  while (members.next()) if (members.key === step) return members;
  return undefined;
}

/** `| unpack`: the string fields become labels and `_entry` the line, if there is an `_entry`. */
export function unpackParser(hints: Hints): Step {
  const unpackLine = (state: LineState): void => unpack(state, hints, state.line);
  return (state) => {
    if (state.line === '' || isNeedless(state, hints)) return true;
    guarded(state, hints, unpackLine);
    return true;
  };
}

function unpack(state: LineState, hints: Hints, line: string): void {
  if (!line.startsWith('{')) throw new JsonProblem('expecting json object(6), but it is not');
  endOfValue(line, 0, 'object');
  let entry: string | undefined;
  const labels = new Map<string, string>();
  const members = new Members();
  members.open(line, 0);
  while (members.next()) {
    const { key, kind, start, end } = members;
    if (kind !== 'string') continue;
    const value = unescapeJson(line.slice(start, end));
    if (key === '_entry') {
      entry = value;
      continue;
    }
    const name = state.nameFor(key);
    if (!isUseless(hints, name) && !state.isExtracted(name)) labels.set(labelNameOf(name), cleanValue(value));
  }
  if (entry === undefined) return;
  for (const [name, value] of labels) state.set(name, value);
  state.line = entry;
}
