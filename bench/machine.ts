/** Names the machine, because numbers without one mean nothing. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { prometheusVersion } from './prometheus.ts';
import { victoriaVersion } from './victoria.ts';

export function machineNamed(): string {
  const { 0: cpu, length } = cpus();
  const [prometheus, victoria] = [prometheusVersion(), victoriaVersion()];
  return [
    `${cpu?.model.trim() ?? 'unknown CPU'}, ${length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `Linux ${release()}, Node ${process.versions.node}, chDB ${chdbVersion()}`,
    prometheus ? `Prometheus ${prometheus}` : 'no Prometheus installed',
    victoria ? `VictoriaMetrics ${victoria}` : 'no VictoriaMetrics installed',
  ].join(' · ');
}

function chdbVersion(): string {
  const manifest = readFileSync(new URL('../engine/package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies.chdb ?? 'unknown';
}
