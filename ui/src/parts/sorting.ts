/** What each column sorts by, under the name that the address has for it. */
export type Measures<T> = Readonly<Record<string, (row: T) => number | string | null | undefined>>;

/** `p95`: largest first, names from A on; `-p95`: the other way round. What is not known comes last in both. Pure. */
export function sortedBy<T>(rows: readonly T[], measures: Measures<T>, sort: string): readonly T[] {
  const reversed = sort.startsWith('-');
  const column = reversed ? sort.slice(1) : sort;
  const measure = Object.hasOwn(measures, column) ? measures[column] : undefined;
  if (!measure) return rows;
  const sign = reversed ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left = null, right = null] = [measure(a), measure(b)];
    if (left === right) return 0;
    if (left === null) return 1;
    if (right === null) return -1;
    if (typeof left === 'number') return sign * (Number(right) - left);
    return left < right ? -sign : sign;
  });
}

/** Clicking a column: its first order, then the other way round, then back to the order of the page. */
export function nextSort(current: string, column: string, home: string): string | undefined {
  if (current === column) return `-${column}`;
  return current === `-${column}` || column === home ? undefined : column;
}
