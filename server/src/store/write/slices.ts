import { sliceOf } from './requests.ts';

const dayNs = 86_400_000_000_000n;

export interface Slice<Row> {
  /** 0n when the request has no id. */
  readonly slice: bigint;
  readonly rows: readonly Row[];
}

/** The rows of a request, by UTC day. Nearly always one slice with the very same array. */
export function slicesOf<Row>(
  request: { readonly tenant: string; readonly requestId?: string },
  rows: readonly Row[],
  timeNs: (row: Row) => bigint,
): Slice<Row>[] {
  const { tenant, requestId } = request;
  if (requestId === undefined) return [{ slice: 0n, rows }];
  const byDay = splitByDay(rows, timeNs);
  return [...byDay].map(([day, ofDay]) => ({ slice: sliceOf(tenant, requestId, day), rows: ofDay }));
}

function splitByDay<Row>(rows: readonly Row[], timeNs: (row: Row) => bigint): Map<number, readonly Row[]> {
  const byDay = new Map<number, Row[]>();
  let startNs = 1n;
  let endNs = 0n;
  let current: Row[] = [];
  for (const row of rows) {
    const time = timeNs(row);
    if (time < startNs || time >= endNs) {
      const day = Number(time / dayNs);
      startNs = BigInt(day) * dayNs;
      endNs = startNs + dayNs;
      const known = byDay.get(day);
      current = known ?? [];
      if (known === undefined) byDay.set(day, current);
    }
    current.push(row);
  }
  return byDay;
}
