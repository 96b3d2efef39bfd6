/** A store of its own for each test, on the real engine, in a folder that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { log, systemClock } from '#kit';
import { limits } from '#model';
import { openStore, type StoreOptions } from './open.ts';

export interface TempFolder extends Disposable {
  readonly path: string;
}

export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'farol-store-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function openTempStore(folder: TempFolder, options: Partial<StoreOptions> = {}) {
  const defaults = {
    kind: 'embedded' as const,
    dataDir: folder.path,
    retentionDays: { metrics: 15, logs: 30, traces: 7 },
    limits: { ...limits, store: { ...limits.store, flushMs: 10, smallGroupMs: 10 } },
    clock: systemClock,
    log,
  };
  return openStore({ ...defaults, ...options } as StoreOptions);
}
