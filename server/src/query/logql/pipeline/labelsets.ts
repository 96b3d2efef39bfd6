import { compareText, type Labels, noLabels } from '#model';
import type { EntryLabels } from '../answer.ts';
import { ERROR, ERROR_DETAILS, type LineState } from './state.ts';

const knownMax = 50_000;

/** The label sets of lines, one object per distinct set. */
export class EntryLabelSets {
  private readonly plain: (EntryLabels | undefined)[] = [];
  private readonly known = new Map<string, EntryLabels>();

  of(state: LineState): EntryLabels {
    const { index, labels } = state.stream;
    if (state.isPlain) {
      const plain = this.plain[index] ?? { stream: labels, metadata: noLabels, parsed: noLabels };
      this.plain[index] = plain;
      return plain;
    }
    const key = stateKey(state);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= knownMax) this.known.clear();
    const made = { stream: streamPart(state), metadata: metadataPart(state), parsed: parsedPart(state) };
    this.known.set(key, made);
    return made;
  }
}

/** Equal for lines with the same labels found in the same order. */
export function stateKey(state: LineState): string {
  let key = `${state.stream.index}`;
  for (const text of state.metadata) key += `|${text.length}:${text}`;
  key += state.parsed.key();
  for (const name of state.deleted) key += `-${name}`;
  return state.error === '' && state.errorDetails === '' ? key : `${key}!${state.error}:${state.errorDetails}`;
}

function streamPart(state: LineState): Labels {
  const { labels } = state.stream;
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (state.deleted.includes(name) || state.parsed.has(name) || state.hasMetadata(name)) continue;
    kept.push(name, labels[i + 1] ?? '');
  }
  return kept;
}

function metadataPart({ metadata }: LineState): Labels {
  const pairs: [string, string][] = [];
  for (let i = 0; i < metadata.length; i += 2) pairs.push([metadata[i] ?? '', metadata[i + 1] ?? '']);
  return sorted(pairs);
}

function parsedPart({ parsed, error, errorDetails }: LineState): Labels {
  const pairs = [...parsed];
  if (error !== '') pairs.push([ERROR, error]);
  if (errorDetails !== '') pairs.push([ERROR_DETAILS, errorDetails]);
  return sorted(pairs);
}

function sorted(pairs: [string, string][]): Labels {
  return pairs.length === 0 ? noLabels : pairs.sort(([a], [b]) => compareText(a, b)).flat();
}

/** All labels of a line in one sorted set. Unlike a stored label set it may hold empty values. */
export function joinedLabels({ stream, metadata, parsed }: EntryLabels): Labels {
  if (metadata.length === 0 && parsed.length === 0) return stream;
  const pairs: [string, string][] = [];
  for (const part of [stream, metadata, parsed]) {
    for (let i = 0; i < part.length; i += 2) pairs.push([part[i] ?? '', part[i + 1] ?? '']);
  }
  return sorted(pairs);
}
