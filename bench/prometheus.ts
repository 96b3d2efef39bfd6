/** Debian's Prometheus on a fresh data folder: what we compare with. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newDataDir, type Rival, startRival } from './server.ts';

/** Undefined where it is not installed. */
export function prometheusVersion(): string | undefined {
  const { status, stdout, stderr } = spawnSync('prometheus', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] : undefined;
}

/** Undefined where it is not installed. `rules` is a rule file, evaluated every 15 s. */
export async function startPrometheus({ rules }: { rules?: string } = {}): Promise<Rival | undefined> {
  if (prometheusVersion() === undefined) return undefined;
  const dir = await newDataDir();
  const config = join(dir, 'prometheus.yml');
  const ruleFiles = rules ? `rule_files: [${JSON.stringify(rules)}]\n` : '';
  await writeFile(config, `global: { scrape_interval: 15s, evaluation_interval: 15s }\n${ruleFiles}`);
  return startRival({
    name: 'Prometheus',
    command: 'prometheus',
    readyPath: '/-/ready',
    dir,
    flags: (address) => [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--query.max-samples=500000000',
      '--log.level=error',
    ],
  });
}
