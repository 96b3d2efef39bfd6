/** Golden signals from request metrics. */

import type { Ask } from '../stored/index.ts';
import { type Cell, cellsOf } from './cells.ts';
import type { ServicesQuestion } from './deps.ts';
import { type Dialect, dialects } from './dialects.ts';
import { bucketQuantile, type Golden, type Requests } from './golden.ts';
import type { MetricService } from './inventory.ts';
import type { Steps } from './steps.ts';

/** Some requests seen twice: cells that say how many and how they ended, and cells that say how long they took. */
export interface RequestCells {
  readonly counting: readonly Cell[];
  readonly timing: readonly Cell[];
}

export interface MetricSignalsQuestion extends ServicesQuestion {
  readonly steps: Steps;
  readonly services: readonly MetricService[];
  /** One service; all when absent. */
  readonly service?: string;
  readonly byEndpoint: boolean;
}

/** Cells by service. A service that speaks two dialects is read in the first that has requests. */
export async function requestCells(ask: Ask, question: MetricSignalsQuestion): Promise<Map<string, RequestCells>> {
  const spoken = dialects.filter((dialect) => question.services.some((service) => speaks(service, dialect)));
  const answers = await Promise.all(spoken.map((dialect) => dialectCells(ask, { ...question, dialect })));
  const byService = new Map<string, RequestCells>();
  for (const cells of answers) for (const [name, found] of cells) if (!byService.has(name)) byService.set(name, found);
  return byService;
}

function speaks(service: MetricService, { histogram, counter }: Dialect): boolean {
  return service.metrics.has(`${histogram}_bucket`) || (counter !== undefined && service.metrics.has(counter));
}

async function dialectCells(
  ask: Ask,
  question: MetricSignalsQuestion & { readonly dialect: Dialect },
): Promise<Map<string, RequestCells>> {
  const { dialect } = question;
  const has = (metric: string) => question.services.some((service) => service.metrics.has(metric));
  const read = (metric: string) => (has(metric) ? cellsOf(ask, question, metric) : Promise.resolve([]));
  const [timing, counting] = await Promise.all([
    read(`${dialect.histogram}_bucket`),
    dialect.counter === undefined ? Promise.resolve([]) : read(dialect.counter),
  ]);
  const names = new Set([...timing, ...counting].map((cell) => cell.service));
  const byService = new Map<string, RequestCells>();
  for (const name of names) {
    const cells = together(
      timing.filter((cell) => cell.service === name),
      counting.filter((cell) => cell.service === name),
    );
    if (cells.counting.some(hasRequests)) byService.set(name, cells);
  }
  return byService;
}

/** The histogram counts too, unless it does not say how requests ended and a counter does. */
function together(timing: readonly Cell[], counted: readonly Cell[]): RequestCells {
  const tellsOutcome = timing.some((cell) => cell.status !== '');
  return { timing, counting: counted.length > 0 && !tellsOutcome ? counted : timing };
}

const hasRequests = (cell: Cell): boolean => cell.counts.some((count) => count > 0);

export function goldenOf(cells: RequestCells, steps: Steps): Golden {
  const { count } = steps;
  return {
    now: requestsIn(cells, count, 2 * count) ?? { count: 0, errors: 0 },
    before: requestsIn(cells, 0, count) ?? { count: 0, errors: 0 },
    steps: Array.from({ length: count }, (_, i) => requestsIn(cells, count + i, count + i + 1)),
  };
}

/** Requests of the steps `from` … `to - 1`; undefined when nothing was measured in them. */
function requestsIn({ counting, timing }: RequestCells, from: number, to: number): Requests | undefined {
  let count = 0;
  let errors = 0;
  let measured = false;
  for (const cell of counting) {
    const sum = sumOf(cell.counts, from, to);
    if (sum === undefined) continue;
    measured = true;
    count += sum;
    if (cell.error) errors += sum;
  }
  if (!measured) return undefined;
  const { bounds, cumulative } = bucketsOf(timing, from, to);
  const quantile = (share: number) => bucketQuantile(share, bounds, cumulative);
  return { count, errors, p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99) };
}

function bucketsOf(cells: readonly Cell[], from: number, to: number): { bounds: number[]; cumulative: number[] } {
  const sums = new Map<number, number>();
  for (const cell of cells) {
    for (const [bound, counts] of cell.buckets) {
      const sum = sumOf(counts, from, to);
      if (sum !== undefined) sums.set(bound, (sums.get(bound) ?? 0) + sum);
    }
  }
  const bounds = [...sums.keys()].sort((a, b) => a - b);
  // Rates of separate series may disagree by a rounding; cumulative counts never fall.
  let least = 0;
  const cumulative = bounds.map((bound) => {
    least = Math.max(least, sums.get(bound) ?? 0);
    return least;
  });
  return { bounds, cumulative };
}

function sumOf(values: Float64Array, from: number, to: number): number | undefined {
  let sum: number | undefined;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) sum = (sum ?? 0) + value;
  }
  return sum;
}
