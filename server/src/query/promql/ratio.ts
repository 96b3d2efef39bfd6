import { hash53 } from '#kit';

/** Where in 0 … 1 a label set falls, always the same place for the same set, evenly spread over sets. */
export function ratioOffset(labelsText: string): number {
  return hash53(labelsText) / 2 ** 53;
}
