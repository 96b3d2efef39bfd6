import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mayImport } from './rooms.ts';

const src = join(dirname(fileURLToPath(import.meta.url)), '../server/src');

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [
    ...text.matchAll(/^(?:import|export)\s[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const roomOf = (file: string) => file.split(sep)[0]?.replace(/\.ts$/, '') ?? '';

test('every room imports only the rooms the table allows it', () => {
  const trespasses = files.flatMap((file) => {
    const room = roomOf(file);
    const allowed = mayImport[room];
    if (!allowed) return [`${file}: the room "${room}" is not in the table`];
    return importsOf(file)
      .filter((path) => path.startsWith('#') || path.startsWith('@farol/'))
      .map((path) => (path.startsWith('#') ? (path.slice(1).split('/')[0] ?? '') : path))
      .filter((target) => !allowed.includes(target) && !(target === room && room !== 'main'))
      .map((target) => `${file} imports ${target}`);
  });
  expect(trespasses).toEqual([]);
});

test('a room is entered by its door: no relative path leads into another room', () => {
  const trespasses = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith('.'))
      .map((path) => relative(src, normalize(join(src, dirname(file), path))))
      .filter((target) => roomOf(target) !== roomOf(file) && file !== 'main.ts')
      .map((target) => `${file} reaches into ${target}`),
  );
  expect(trespasses).toEqual([]);
});

test('the table names every room there is', () => {
  const rooms = new Set(files.map(roomOf));
  expect([...rooms].filter((room) => !(room in mayImport))).toEqual([]);
});
