import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  openMetricsParser,
  parseSeries,
  type Sink,
  textParser,
} from '../../server/src/receive/scrape/exposition/index.ts';
import { reportTests } from './report.ts';

const folder = new URL('../../../shared/conformance/exposition/', import.meta.url);
const isHere = existsSync(folder);
if (!isHere) console.warn('shared/conformance/exposition is not here: its bodies are not read');
reportTests('exposition');

function counting(loose: boolean) {
  const counts = { samples: 0, exemplars: 0, types: 0 };
  const sink: Sink = {
    series(text) {
      parseSeries(text, { loose });
      return {};
    },
    sample(_series, _value, _timeMs, exemplar) {
      counts.samples++;
      if (exemplar) counts.exemplars++;
    },
    type: () => void counts.types++,
    help() {},
    unit() {},
  };
  return { counts, sink };
}

describe.skipIf(!isHere)('exposition bodies of real programs', () => {
  test('237 families in the text format are read, line by line', () => {
    const body = readFileSync(new URL('alltypes.237mfs.prom.txt', folder), 'utf8');
    const { counts, sink } = counting(true);
    const parser = textParser(body, sink);
    while (!parser.read(100));
    const lines = body.split('\n');
    expect(counts.samples).toBe(lines.filter((line) => line !== '' && !line.startsWith('#')).length);
    expect(counts.types).toBe(lines.filter((line) => line.startsWith('# TYPE')).length);
  });

  test('OpenMetrics with exemplars is read whole, though its client breaks a rule that the specification has', () => {
    const body = readFileSync(new URL('alltypes.5mfs.om.txt', folder), 'utf8');
    const { counts, sink } = counting(false);
    const broken: string[] = [];
    const parser = openMetricsParser(body, sink, { onBrokenRule: (problem) => broken.push(problem) });
    while (!parser.read(100));
    const lines = body.split('\n');
    expect(counts.samples).toBe(lines.filter((line) => line !== '' && !line.startsWith('#')).length);
    expect(counts.exemplars).toBe(lines.filter((line) => line.includes(' # {')).length);
    expect(broken).toEqual([expect.stringMatching('a histogram with negative bounds has no _sum')]);
  });
});
