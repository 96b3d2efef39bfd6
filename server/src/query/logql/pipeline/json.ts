import { type Extraction, parseJsonPath } from '@farol/logql';
import { cleanValue, failParser, hasAllRequired, isNeedless, isUseless, labelNameOf, nameCache } from './fields.ts';
import {
  eachMember,
  elementAt,
  endOfValue,
  isObjectAt,
  type JsonKind,
  JsonProblem,
  kindAt,
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
  const nameOf = nameCache();
  return (state) => {
    if (isNeedless(state, hints)) return true;
    // Of mixed lines most may be no JSON at all, and to throw is dear.
    if (!isObjectAt(state.line, skipBlanks(state.line, 0))) failParser(state, hints, JSON_ERROR, notAnObject);
    else guarded(state, hints, () => walk(state, hints, nameOf, { text: state.line, at: 0, prefix: '', depth: 0 }));
    return true;
  };
}

/** Runs a scan; what is wrong with the JSON becomes the line's error. */
function guarded(state: LineState, hints: Hints, scan: () => void): void {
  try {
    scan();
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    failParser(state, hints, JSON_ERROR, error.message);
  }
}

interface Place {
  readonly text: string;
  readonly at: number;
  /** Of the label names in this object; `''` at the top. */
  readonly prefix: string;
  readonly depth: number;
}

function walk(state: LineState, hints: Hints, nameOf: (key: string) => string, place: Place): boolean {
  const { text, prefix, depth } = place;
  if (depth > nestingMax) throw new JsonProblem('Maximum depth exceeded');
  return eachMember(text, place.at, (key, kind, start, end) => {
    if (kind === 'array' || kind === 'null') return false;
    const name = joined(prefix, key, nameOf);
    if (kind === 'object') {
      if (!isPrefixOfRequired(hints, name)) return false;
      return walk(state, hints, nameOf, { text, at: start, prefix: name, depth: depth + 1 });
    }
    if (name === '' || isUseless(hints, name)) return false;
    const label = state.nameFor(name);
    if (hints.required !== undefined && !hints.required.has(label)) return false;
    if (state.isExtracted(label)) return false;
    state.set(label, valueText(text, kind, start, end));
    return hasAllRequired(state, hints);
  });
}

function joined(prefix: string, key: string, nameOf: (key: string) => string): string {
  if (prefix === '') return nameOf(key);
  // Only the first part of a name minds its first digit.
  const part = key.trim();
  return part === '' ? prefix : `${prefix}_${nameOf(`_${part}`).slice(1)}`;
}

function isPrefixOfRequired({ required }: Hints, prefix: string): boolean {
  if (required === undefined || required.size === 0) return true;
  for (const name of required) if (name.startsWith(prefix)) return true;
  return false;
}

function valueText(text: string, kind: JsonKind, start: number, end: number): string {
  const raw = text.slice(start, end);
  return kind === 'string' ? cleanValue(unescapeJson(raw)) : raw;
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
  let found: Found | undefined;
  eachMember(text, at, (key, memberKind, start, end) => {
    if (key !== step) return false;
    found = { kind: memberKind, start, end };
    return true;
  });
  return found;
}

/** `| unpack`: the string fields become labels and `_entry` the line, if there is an `_entry`. */
export function unpackParser(hints: Hints): Step {
  return (state) => {
    const { line } = state;
    if (line === '' || isNeedless(state, hints)) return true;
    guarded(state, hints, () => unpack(state, hints, line));
    return true;
  };
}

function unpack(state: LineState, hints: Hints, line: string): void {
  if (!line.startsWith('{')) throw new JsonProblem('expecting json object(6), but it is not');
  endOfValue(line, 0, 'object');
  let entry: string | undefined;
  const labels = new Map<string, string>();
  eachMember(line, 0, (key, kind, start, end) => {
    if (kind !== 'string') return false;
    const value = unescapeJson(line.slice(start, end));
    if (key === '_entry') {
      entry = value;
      return false;
    }
    const name = state.nameFor(key);
    if (hints.required !== undefined && !hints.required.has(name)) return false;
    if (!state.isExtracted(name)) labels.set(labelNameOf(name), cleanValue(value));
    return false;
  });
  if (entry === undefined) return;
  for (const [name, value] of labels) state.set(name, value);
  state.line = entry;
}
