/** Debian's VictoriaMetrics on a fresh data folder: what we compare with. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { newDataDir, type Rival, startRival } from './server.ts';

/** Undefined where it is not installed. Debian's build does not tell its own version, so the package is asked. */
export function victoriaVersion(): string | undefined {
  if (spawnSync('victoria-metrics', ['--version']).error) return undefined;
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '$' + '{Version}', 'victoria-metrics'], { encoding: 'utf8' });
  return stdout || 'of unknown version';
}

/** Undefined where it is not installed. */
export async function startVictoria(): Promise<Rival | undefined> {
  if (victoriaVersion() === undefined) return undefined;
  const dir = await newDataDir();
  return startRival({
    name: 'VictoriaMetrics',
    command: 'victoria-metrics',
    readyPath: '/health',
    dir,
    flags: (address) => [
      `-storageDataPath=${join(dir, 'data')}`,
      `-httpListenAddr=${address}`,
      '-retentionPeriod=1',
      // Without these it leaves out the newest 30 s and cuts long lists, and would seem faster than it is.
      '-search.latencyOffset=0s',
      '-search.maxSeries=2000000',
      '-search.maxUniqueTimeseries=2000000',
      '-search.maxTagValues=2000000',
      '-search.maxTagKeys=2000000',
      '-loggerLevel=ERROR',
    ],
  });
}
