/** Returns an array that can hold `index`: the same one, or a copy of at least twice its size. */
export function roomFor<T extends Int32Array | Uint32Array | Float64Array | Uint16Array | Uint8Array>(
  cells: T,
  index: number,
): T {
  if (index < cells.length) return cells;
  const Kind = cells.constructor as new (length: number) => T;
  const grown = new Kind(Math.max(index + 1, cells.length * 2));
  grown.set(cells);
  return grown;
}
