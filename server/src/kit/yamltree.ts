/**
 * Reads the YAML of other programs field by field: unknown fields, wrong types and null items are refused with their
 * line. A door of its own, for its words are short.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { Refusal } from '#model';

export interface ConfigNode {
  readonly node: Node | null;
  /** `scrape_configs[2].relabel_configs[0]`, for messages. */
  readonly path: string;
  readonly tree: Tree;
}

interface Tree {
  readonly document: Document;
  readonly lines: LineCounter;
  /** The file, when it is not the one that the flag names. */
  readonly file?: string;
}

export type Reader<T> = (node: ConfigNode) => T | undefined;
type Shape = Readonly<Record<string, Reader<unknown>>>;
export type Fields<S extends Shape> = { readonly [K in keyof S]?: Exclude<ReturnType<S[K]>, undefined> };

const documentBytesMax = 16 * 1024 * 1024;

/** Every scalar stays text: what it means is the field's business, as in Prometheus' typed reader. */
export function parseYaml(text: string, file?: string): ConfigNode {
  if (text.length > documentBytesMax) {
    throw invalid(`the file is ${text.length} characters, at most ${documentBytesMax} are read; split it`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', uniqueKeys: true, lineCounter: lines });
  // As Prometheus does, only the first document is read; see `hasMoreDocuments`.
  const problem = [...document.errors, ...document.warnings].find(({ code }) => code !== 'MULTIPLE_DOCS');
  if (problem) throw invalid(`${inFile(file)}${problem.message.split('\n')[0]}`);
  return { node: document.contents as Node | null, path: '', tree: { document, lines, file } };
}

export function hasMoreDocuments({ tree }: ConfigNode): boolean {
  return tree.document.errors.some(({ code }) => code === 'MULTIPLE_DOCS');
}

export function invalid(message: string): Refusal {
  return new Refusal(message, { code: 'CONFIG_INVALID' });
}

/** A refusal that says where. */
export function invalidAt(at: ConfigNode, message: string): Refusal {
  return invalid(placeOf(at) + message);
}

/** File, line and path, for the beginning of a message. */
export function placeOf({ node, path, tree }: ConfigNode): string {
  const offset = node?.range?.[0];
  const line = offset === undefined ? '' : `line ${tree.lines.linePos(offset).line}: `;
  return `${inFile(tree.file)}${line}${path === '' ? '' : `${path}: `}`;
}

function inFile(file: string | undefined): string {
  return file === undefined ? '' : `${file}: `;
}

export function isNull(at: ConfigNode): boolean {
  const node = resolved(at);
  return node === null || (isScalar(node) && node.type === 'PLAIN' && /^(|~|null|Null|NULL)$/.test(textOf(node)));
}

/** The fields that are there; null ones are as good as absent. Refuses fields that `shape` does not have. */
export function fields<S extends Shape>(at: ConfigNode, shape: S): Fields<S> {
  const found: Record<string, unknown> = {};
  for (const [name, child] of entries(at)) {
    const reader = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (!reader) throw invalidAt(child, `field ${name} is not known here`);
    const value = reader(child);
    if (value !== undefined) found[name] = value;
  }
  return found as Fields<S>;
}

/** Name and value of every field of a map; `<<` merges the fields of another map under those written here. */
export function* entries(at: ConfigNode): Generator<[name: string, child: ConfigNode]> {
  const node = resolved(at);
  if (isNull(at)) return;
  if (!isMap(node)) throw invalidAt(at, 'expected a map');
  const own = new Set<string>();
  const merged: ConfigNode[] = [];
  for (const { key, value } of node.items) {
    const name = text({ ...at, node: key as Node | null }) ?? '';
    const child = { ...at, node: value as Node | null, path: at.path === '' ? name : `${at.path}.${name}` };
    if (name === '<<') merged.push(child);
    else {
      own.add(name);
      yield [name, child];
    }
  }
  for (const base of merged) {
    for (const [name, child] of entries({ ...base, path: at.path })) if (!own.has(name)) yield [name, child];
  }
}

export function text(at: ConfigNode): string | undefined {
  const node = resolved(at);
  if (isNull(at)) return undefined;
  if (!isScalar(node)) throw invalidAt(at, 'expected one value');
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str')
    throw invalidAt(at, `the tag ${node.tag} is not read here`);
  return textOf(node);
}

export function list<T>(item: Reader<T>, empty?: string): Reader<T[]> {
  return (at) => {
    const node = resolved(at);
    if (isNull(at)) return undefined;
    if (!isSeq(node)) throw invalidAt(at, 'expected a list');
    return node.items.flatMap((child, i) => {
      const place = { ...at, node: child as Node | null, path: `${at.path}[${i}]` };
      if (empty !== undefined && isNull(place)) throw invalidAt(place, empty);
      const value = item(place);
      return value === undefined ? [] : [value];
    });
  };
}

export function mapOf<T>(value: Reader<T>): Reader<ReadonlyMap<string, T>> {
  return (at) => {
    if (isNull(at)) return undefined;
    const found = new Map<string, T>();
    for (const [name, child] of entries(at)) {
      const read = value(child);
      if (read !== undefined) found.set(name, read);
    }
    return found;
  };
}

/** Accepted as it is: what Farol does not read is not judged. */
export const anything: Reader<true> = () => true;

function resolved({ node, tree }: ConfigNode): Node | null {
  return isAlias(node) ? ((node.resolve(tree.document) as Node | undefined) ?? null) : node;
}

function textOf(node: { value: unknown; source?: string }): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}
