/**
 * Keeps points that can be told apart: of those closer than `pixels`, the first in rank stays. Failures rank before
 * the rest, then the order given. Pure.
 */
export function apart<T extends { readonly failed: boolean }>(
  points: readonly T[],
  pixels: number,
  placeOf: (point: T) => { readonly x: number; readonly y: number },
): readonly T[] {
  const taken = new Map<string, { x: number; y: number }[]>();
  const kept = new Set<T>();
  for (const point of [...points.filter(({ failed }) => failed), ...points.filter(({ failed }) => !failed)]) {
    const { x, y } = placeOf(point);
    const [column, row] = [Math.floor(x / pixels), Math.floor(y / pixels)];
    if (neighbours(taken, column, row).some((other) => Math.hypot(other.x - x, other.y - y) < pixels)) continue;
    kept.add(point);
    const cell = `${column} ${row}`;
    taken.set(cell, [...(taken.get(cell) ?? []), { x, y }]);
  }
  return points.filter((point) => kept.has(point));
}

function neighbours(taken: ReadonlyMap<string, { x: number; y: number }[]>, column: number, row: number) {
  return [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => taken.get(`${column + dx} ${row + dy}`) ?? []));
}
