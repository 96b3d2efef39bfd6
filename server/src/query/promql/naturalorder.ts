import { compareText } from '#model';

/** The order people expect of `node2` and `node10`: runs of digits compare as numbers, the rest as text. */
export function naturalOrder(a: string, b: string): number {
  const chunksA = a.match(/\d+|\D+/g) ?? [];
  const chunksB = b.match(/\d+|\D+/g) ?? [];
  const shared = Math.min(chunksA.length, chunksB.length);
  for (let i = 0; i < shared; i++) {
    const order = compareChunks(chunksA[i] ?? '', chunksB[i] ?? '');
    if (order !== 0) return order;
  }
  return chunksA.length - chunksB.length || compareText(a, b);
}

function compareChunks(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return compareText(a, b);
  const [numberA, numberB] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return numberA.length - numberB.length || compareText(numberA, numberB);
}
