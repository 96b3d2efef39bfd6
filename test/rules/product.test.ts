/** Rules in the whole product: where they come from, and what a bad file does at the start and at a reload. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createProduct, startProduct } from '../kit/product.ts';
import { until } from '../kit/until.ts';
import { freshFolder } from '../prometheus/programs.ts';

const rule = (expr: string) => `groups: [{name: g, rules: [{record: answer, expr: ${expr}}]}]\n`;

test('rule_files and evaluation_interval of a prometheus.yml count, and a reload that fails changes nothing', async () => {
  using folder = freshFolder();
  const rules = folder.file('a.rules.yml', rule('vector(42)'));
  const scrape = folder.file('p.yml', 'global: {evaluation_interval: 1s}\nrule_files: ["*.rules.yml"]\n');
  await using product = await startProduct({ flags: ['--scrape-config', scrape] });
  const ask = async (path: string, init?: RequestInit) => (await fetch(`${product.url}${path}`, init)).text();
  const answers = (value: number) =>
    until(async () => (await ask('/prometheus/api/v1/query?query=answer')).includes(`"${value}"`), 20_000, `${value}`);
  await answers(42);
  expect(await ask('/prometheus/api/v1/rules')).toContain('"interval":1,');

  writeFileSync(rules, rule('sum('));
  const refused = await fetch(`${product.url}/-/reload`, { method: 'POST' });
  expect([refused.status, await refused.text()]).toEqual([
    500,
    expect.stringMatching(/a\.rules\.yml: line 1: .*parse/),
  ]);
  expect(await ask('/prometheus/api/v1/rules')).toContain('vector(42)');
  expect(await ask('/prometheus/api/v1/notifications')).toContain('reload has failed');

  writeFileSync(rules, rule('vector(43)'));
  expect((await fetch(`${product.url}/-/reload`, { method: 'POST' })).status).toBe(200);
  await answers(43);

  // Rules are of the tenant that they are evaluated for.
  const other = { headers: { 'x-scope-orgid': 'other' } };
  expect(JSON.parse(await ask('/prometheus/api/v1/rules', other))).toEqual({ status: 'success', data: { groups: [] } });
});

test('a bad rule file at the start is a refusal that names it', async () => {
  using folder = freshFolder();
  await using product = createProduct({ flags: ['--rules', folder.file('bad.yml', 'groups: [{name: g, rulez: []}]')] });
  await expect(product.start()).rejects.toThrow(/bad\.yml: line 1: groups\[0\]\.rulez: field rulez is not known here/);
});
