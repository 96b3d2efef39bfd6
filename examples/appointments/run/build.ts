/** Generates the Prisma client and compiles `src` to `dist`, when a source is newer than the last build. About 2 s. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const exampleDir = dirname(dirname(fileURLToPath(import.meta.url)));

const run = promisify(execFile);
const stamp = join(exampleDir, 'dist', '.built');
const sources = ['src/**/*.ts', 'prisma/*', 'package.json', 'tsconfig*.json'];

export async function buildIfStale(): Promise<'built' | 'fresh'> {
  if (isFresh()) return 'fresh';
  await rm(join(exampleDir, 'dist'), { recursive: true, force: true });
  await generateClient();
  await compile();
  await writeFile(stamp, '');
  return 'built';
}

function isFresh(): boolean {
  if (!existsSync(stamp) || !existsSync(join(exampleDir, 'src/generated/prisma/client.ts'))) return false;
  const builtMs = statSync(stamp).mtimeMs;
  const files = globSync(sources, { cwd: exampleDir, exclude: (name) => name === 'generated' });
  return files.every((file) => statSync(join(exampleDir, file)).mtimeMs <= builtMs);
}

async function generateClient(): Promise<void> {
  await runTool('prisma', 'prisma', ['generate', '--schema', 'prisma/schema.prisma'], {
    // The client reaches Postgres through a driver adapter and needs no engine; naming any file avoids its download.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  });
}

async function compile(): Promise<void> {
  await runTool('typescript', 'tsc', ['-p', 'tsconfig.build.json'], {});
}

async function runTool(packageName: string, command: string, args: string[], environment: NodeJS.ProcessEnv) {
  const script = scriptOf(packageName, command);
  const options = { cwd: exampleDir, env: { ...process.env, ...environment } };
  try {
    await run(process.execPath, [script, ...args], options);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args[0]} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

function scriptOf(packageName: string, command: string): string {
  const require = createRequire(join(exampleDir, 'package.json'));
  const manifestPath = require.resolve(`${packageName}/package.json`);
  const manifest = require(manifestPath) as { bin: Record<string, string> };
  const script = manifest.bin[command];
  if (!script) throw new Error(`${packageName} has no command ${command}`);
  return join(dirname(manifestPath), script);
}
