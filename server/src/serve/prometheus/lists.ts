/** Long lists as JSON text, piece by piece: a million series never exist as one text. */
import type { Labels } from '#model';
import type { SeriesFound } from '#store';
import { successHead, successTail } from './answers.ts';

const chunkChars = 64 * 1024;
const truncated = { warnings: ['results truncated due to limit'] };

/** `items` has one more than `limit` when something was left out; 0: no limit. */
export function listChunks(items: readonly string[], limit: number): Generator<string> {
  return chunks(items, items.length, limit, quoted);
}

/** The same of series. */
export function seriesChunks({ labels, count }: SeriesFound, limit: number): Generator<string> {
  return chunks(labels, count, limit, labelsText);
}

/** Hot. */
function* chunks<Item>(
  items: Iterable<Item>,
  count: number,
  limit: number,
  textOf: (item: Item) => string,
): Generator<string> {
  const isTruncated = limit > 0 && count > limit;
  let left = isTruncated ? limit : count;
  let text = `${successHead}[`;
  for (const item of items) {
    if (left === 0) break;
    text += --left === 0 ? textOf(item) : `${textOf(item)},`;
    if (text.length < chunkChars) continue;
    yield text;
    text = '';
  }
  yield `${text}]${successTail(isTruncated ? truncated : {})}`;
}

function labelsText(labels: Labels): string {
  let text = '{';
  for (let i = 0; i < labels.length; i += 2)
    text += `${i === 0 ? '' : ','}${quoted(labels[i] as string)}:${quoted(labels[i + 1] as string)}`;
  return `${text}}`;
}

/** What needs no escape is most of all text, and a look at it is cheaper than JSON.stringify. */
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));
const plain = /^[ !#-[\]-~]*$/;
