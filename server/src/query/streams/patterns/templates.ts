/**
 * Log templates, mined from lines: lines of as many words and the same beginning that agree in most of the others are of
 * one template. The tree of prefixes is Drain's (He et al., 2017); unlike it, all lines are known before a word is called
 * variable, so the answer does not depend on their order.
 */
import { hole, type LineWords, wordsOf } from '@farol/logql';
import { compareText } from '#model';

export interface Templates {
  /** As LogQL's pattern filter reads them, the commonest first. */
  readonly patterns: readonly string[];
  /** The template of each line, as an index. */
  readonly templateOf: Int32Array;
}

export function templatesOf(lines: readonly string[]): Templates {
  return clustered(lines.map((line) => ({ ...wordsOf(line), count: 1 })));
}

/** Of lines that were counted by their shapes (`receive/logshapes`). */
export function templatesOfShapes(counted: readonly { readonly shape: string; readonly lines: number }[]): Templates {
  return clustered(counted.map(({ shape, lines }) => ({ ...wordsOfShape(shape), count: lines })));
}

/** Lines that are the same but for numbers and ids. */
interface Shape extends LineWords {
  readonly key: string;
  count: number;
}

function clustered(lines: readonly (LineWords & { readonly count: number })[]): Templates {
  const { shapes, shapeOf } = shapesOf(lines);
  const clusters = [...prefixGroups(shapes).values()].flatMap((group) => clustersOf(group).flatMap(settled));
  clusters.sort((a, b) => countOf(b) - countOf(a) || compareText(patternOf(a), patternOf(b)));
  const byShape = new Map(clusters.flatMap((cluster, i) => cluster.shapes.map((shape) => [shape, i] as const)));
  return {
    patterns: clusters.map(patternOf),
    templateOf: Int32Array.from(shapeOf, (shape) => byShape.get(shape) ?? 0),
  };
}

function shapesOf(lines: readonly (LineWords & { readonly count: number })[]): { shapes: Shape[]; shapeOf: Shape[] } {
  const byKey = new Map<string, Shape>();
  const shapeOf = lines.map((line) => {
    const key = line.words.join(' ');
    let shape = byKey.get(key);
    if (shape === undefined) {
      shape = { ...line, key, count: 0 };
      byKey.set(key, shape);
    }
    shape.count += line.count;
    return shape;
  });
  const shapes = [...byKey.values()].sort((a, b) => b.count - a.count || compareText(a.key, b.key));
  return { shapes, shapeOf };
}

/** What a shape's text was made of. */
function wordsOfShape(shape: string): LineWords {
  return { words: shape.match(/\S+/g) ?? [], gaps: shape.split(/\S+/) };
}

/** More different words than this at a place, and the place is a variable. */
const firstWordsMax = 64;
const secondWordsMax = 16;

/** By length and the first two words. */
function prefixGroups(shapes: readonly Shape[]): Map<string, Shape[]> {
  const firsts = distinctWords(shapes, ({ words }) => [`${words.length}`, words[0] ?? '']);
  const firstOf = ({ words }: Shape): string => {
    const isVariable = (firsts.get(`${words.length}`)?.size ?? 0) > firstWordsMax;
    return `${words.length} ${isVariable ? hole : words[0]}`;
  };
  const seconds = distinctWords(shapes, (shape) => [firstOf(shape), shape.words[1] ?? '']);
  return Map.groupBy(shapes, (shape) => {
    const first = firstOf(shape);
    const isVariable = (seconds.get(first)?.size ?? 0) > secondWordsMax;
    return `${first} ${isVariable ? hole : shape.words[1]}`;
  });
}

function distinctWords(
  shapes: readonly Shape[],
  pick: (shape: Shape) => [group: string, word: string],
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const shape of shapes) {
    const [group, word] = pick(shape);
    const words = found.get(group) ?? new Set();
    found.set(group, words.add(word));
  }
  return found;
}

interface Cluster {
  /** The words that all its shapes share; undefined where they differ. */
  readonly words: (string | undefined)[];
  readonly shapes: Shape[];
}

const likenessMin = 0.6;
/** Past this many clusters of one beginning, a shape joins the likest whatever the likeness. */
const clustersPerGroupMax = 200;

function clustersOf(group: readonly Shape[]): Cluster[] {
  const clusters: Cluster[] = [];
  for (const shape of group) {
    const likest = likestOf(clusters, shape);
    if (likest !== undefined && (likest.likeness >= likenessMin || clusters.length >= clustersPerGroupMax)) {
      join(likest.cluster, shape);
    } else clusters.push({ words: [...shape.words], shapes: [shape] });
  }
  return clusters;
}

function likestOf(clusters: readonly Cluster[], shape: Shape): { cluster: Cluster; likeness: number } | undefined {
  let best: { cluster: Cluster; likeness: number } | undefined;
  for (const cluster of clusters) {
    const likeness = likenessOf(cluster, shape);
    if (best === undefined || likeness > best.likeness) best = { cluster, likeness };
  }
  return best;
}

/** How many of the words that the cluster still shares are the shape's, too. */
function likenessOf({ words }: Cluster, shape: Shape): number {
  let shared = 0;
  let same = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined || word === hole) continue;
    shared++;
    if (isAlike(word, shape.words[i] ?? '')) same++;
  }
  return shared === 0 ? 1 : same / shared;
}

/** The same word, or two values of the same key. */
function isAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const key = keyOf(a);
  return key !== undefined && key === keyOf(b);
}

function keyOf(word: string | undefined): string | undefined {
  return /^[\w.-]+=/.exec(word ?? '')?.[0];
}

function join(cluster: Cluster, shape: Shape): void {
  cluster.shapes.push(shape);
  for (let i = 0; i < cluster.words.length; i++) {
    if (cluster.words[i] !== shape.words[i]) cluster.words[i] = undefined;
  }
}

/**
 * Two words at one place are two templates (`session opened`, `session closed`); three or more are a variable. A cluster
 * is split until no place has just two.
 */
function settled(cluster: Cluster): Cluster[] {
  const place = cluster.words.findIndex((word, i) => word === undefined && isChoice(cluster, i));
  if (place < 0) return [cluster];
  const parts = Map.groupBy(cluster.shapes, ({ words }) => words[place]);
  return [...parts.values()].flatMap((shapes) => settled(clusterOf(shapes)));
}

function isChoice({ shapes }: Cluster, place: number): boolean {
  const words = new Set(shapes.map((shape) => shape.words[place] ?? ''));
  return words.size === 2 && [...words].every((word) => /^[A-Za-z][A-Za-z'_-]*[;:,.]?$/.test(word));
}

function clusterOf(shapes: readonly Shape[]): Cluster {
  const [first, ...others] = shapes;
  const cluster: Cluster = { words: [...(first?.words ?? [])], shapes: first ? [first] : [] };
  for (const shape of others) join(cluster, shape);
  return cluster;
}

const countOf = ({ shapes }: Cluster): number => shapes.reduce((sum, { count }) => sum + count, 0);

/** With the gaps of its commonest line. */
function patternOf({ words, shapes }: Cluster): string {
  const first = shapes[0];
  const texts = words.map((word, i) => `${first?.gaps[i] ?? ' '}${word ?? variableOf(shapes, i)}`);
  return `${texts.join('')}${first?.gaps.at(-1) ?? ''}`.replace(/(?:<_>){2,}/g, hole);
}

function variableOf(shapes: readonly Shape[], place: number): string {
  const keys = new Set(shapes.map(({ words }) => keyOf(words[place])));
  const [key] = keys;
  return keys.size === 1 && key !== undefined ? `${key}${hole}` : hole;
}
