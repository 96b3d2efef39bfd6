/** What the questions of a section took in memory, in words and against the engine's cap. */
import { memoryOf, useOf } from './proc.ts';
import { atMost, type Goal, megabytes } from './report.ts';
import type { MetricsServer } from './server.ts';

/** `--engine-memory`, as it is by default. */
const engineBytesMax = 1024 * 2 ** 20;

export function memoryNote(servers: readonly Pick<MetricsServer, 'name' | 'pid'>[]): string {
  const each = servers.map(({ name, pid }) => {
    const { pssBytes, rssPeakBytes } = memoryOf(pid);
    return `${name} ${megabytes(pssBytes)} (peak ${megabytes(rssPeakBytes)})`;
  });
  return `Memory of all processes after the questions (PSS), and peak RSS during them: ${each.join(', ')}.`;
}

/** The engine's peak since `resetPeaks`, without the mapped pages of its library, which no cap counts. */
export function memoryGoal(what: string, farolPid: number): Goal {
  const engine = useOf(farolPid).filter(({ name }) => name.includes('engine/'));
  const peak = engine.reduce((sum, { rssPeakBytes, rssFileBytes }) => sum + rssPeakBytes - rssFileBytes, 0);
  return atMost(`${what}: the engine's peak memory under its cap`, peak, engineBytesMax, megabytes);
}
