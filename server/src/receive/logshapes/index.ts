/**
 * Log lines by their shape: the line with `<_>` where numbers and ids stood. Lines are counted when they have become
 * durable, per stream and minute; the counts are held here and written every `everyMs`. Templates are made of them when
 * somebody asks. What is not counted (too many shapes at once, a crash within `everyMs`) is missing from the counts, and
 * only from them. Refuses to know how lines arrive, and what a template is.
 */
import { type Clock, counter, gauge, log } from '#kit';
import { type Limits, type LogRow, Refusal } from '#model';
import type { WriteBatch, WriteReceipt } from '#store';
import { Shapes } from './shapes.ts';

type Write = (batch: WriteBatch) => Promise<WriteReceipt>;

export interface LogShapesDeps {
  readonly write: Write;
  readonly limits: Limits['logShapes'];
  readonly clock: Clock;
}

export interface LogShapes extends AsyncDisposable {
  /** Writes the batch, and counts its lines when they are durable. */
  readonly write: Write;
}

const kept = gauge('farol_log_shapes', 'Shapes of log lines that are being counted.');
const uncounted = counter('farol_log_lines_uncounted_total', 'Durable log lines that are in no count of shapes.');

/** Disposing it writes what was counted. */
export function startLogShapes(deps: LogShapesDeps): LogShapes {
  const { limits, clock } = deps;
  const shapes = new Shapes(limits);
  const stop = new AbortController();

  async function write(batch: WriteBatch): Promise<WriteReceipt> {
    const receipt = await deps.write(batch);
    // A request that came twice was counted the first time.
    if (batch.logs !== undefined && receipt.duplicateRows < batch.logs.length) count(batch.tenant, batch.logs);
    return receipt;
  }

  function count(tenant: string, logs: readonly LogRow[]): void {
    const before = shapes.uncounted;
    shapes.count(tenant, logs);
    uncounted.inc(shapes.uncounted - before);
  }

  async function flush(): Promise<void> {
    kept.set(shapes.size);
    const counted = shapes.take();
    await Promise.all(counted.map(([tenant, logShapes]) => flushOf({ tenant, logShapes })));
  }

  async function flushOf(batch: WriteBatch & { readonly logShapes: readonly { lines: number }[] }): Promise<void> {
    try {
      await deps.write(batch);
    } catch (error) {
      uncounted.inc(batch.logShapes.reduce((sum, { lines }) => sum + lines, 0));
      if (!(error instanceof Refusal)) throw error;
      log.warn({ tenant: batch.tenant, reason: error.message }, 'counts of log shapes could not be written');
    }
  }

  void (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(limits.everyMs, stop.signal);
      await flush();
    }
  })().catch((error) => {
    if (!stop.signal.aborted) log.error({ err: error }, 'log shapes are no longer counted');
  });

  return {
    write,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await flush();
    },
  };
}
