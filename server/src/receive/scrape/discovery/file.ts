/** file_sd_configs: target groups in JSON or YAML files, read again when they change and every so often. */
import { type FSWatcher, globSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { log } from '#kit';
import type { DiscoveryConfig, TargetGroup } from '../config/index.ts';
import { readGroups } from './groups.ts';
import { type Discover, every } from './runner.ts';

const fileBytesMax = 16 * 1024 * 1024;
/** Editors write a file in several steps. */
const settleMs = 100;

export const discoverFiles: Discover<DiscoveryConfig & { kind: 'file' }> = (
  { files, refreshMs },
  { clock, signal, update },
) => {
  const known = new Map<string, TargetGroup[]>();
  let wake = (): void => {};
  const watchers = watchFolders(files, () => wake());
  signal.addEventListener('abort', () => {
    for (const watcher of watchers) watcher.close();
  });

  async function refresh(): Promise<void> {
    const found = files.flatMap((pattern) => globSync(pattern)).sort();
    for (const file of [...known.keys()]) if (!found.includes(file)) known.delete(file);
    for (const file of found) {
      try {
        known.set(file, await readTargets(file));
      } catch (error) {
        // What was known of the file stays: a half-written file must not take its targets down.
        log.warn({ file, problem: (error as Error).message }, 'file_sd_configs: the file could not be read');
      }
    }
    update([...known.values()].flat());
  }

  return every(refreshMs, refresh, {
    clock,
    signal,
    onWake: (again) => {
      let pending = false;
      wake = () => {
        if (pending) return;
        pending = true;
        clock.sleep(settleMs, signal).then(
          () => {
            pending = false;
            again();
          },
          () => {},
        );
      };
    },
  });
};

async function readTargets(file: string): Promise<TargetGroup[]> {
  const text = await readFile(file, 'utf8');
  if (text.length > fileBytesMax) throw new Error(`it is over ${fileBytesMax} bytes; split it`);
  const isJson = path.extname(file).toLowerCase() === '.json';
  const json: unknown = isJson ? JSON.parse(text) : parse(text, { schema: 'failsafe', maxAliasCount: 1000 });
  return readGroups(json, file, ['__meta_filepath', file]);
}

/** Folders are watched, not files, so that a file which is replaced stays watched. */
function watchFolders(files: readonly string[], changed: () => void): FSWatcher[] {
  return [...new Set(files.map((file) => path.dirname(file)))].flatMap((folder) => {
    try {
      return [watch(folder, { persistent: false }, changed).on('error', () => {})];
    } catch {
      // The folder may come later; the refresh finds it.
      return [];
    }
  });
}
