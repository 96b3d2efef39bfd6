import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ExposedSeries,
  openMetricsParser,
  parseLabels,
  parseSeries,
  type Sink,
} from '../../server/src/receive/scrape/exposition/index.ts';
import { reportTests } from './report.ts';

const cases = new URL('../../../shared/conformance/openmetrics/parsers/', import.meta.url);

function parses(body: string): string | undefined {
  const known = new Map<string, ExposedSeries>();
  const sink: Sink = {
    series(text) {
      parseSeries(text, { loose: false });
      const series = known.get(text) ?? {};
      known.set(text, series);
      return series;
    },
    sample(_series, _value, _timeMs, exemplar) {
      if (exemplar) parseLabels(exemplar.labels, { loose: false });
    },
    type() {},
    help() {},
    unit() {},
  };
  try {
    const parser = openMetricsParser(body, sink);
    while (!parser.read(1000));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const isHere = existsSync(cases);
if (!isHere) console.warn('shared/conformance/openmetrics is not here: the OpenMetrics parser cases are skipped');
reportTests('openmetrics');

describe.skipIf(!isHere)('OpenMetrics parser cases', () => {
  for (const name of isHere ? readdirSync(cases) : []) {
    const about = JSON.parse(readFileSync(new URL(`${name}/test.json`, cases), 'utf8')) as {
      shouldParse: boolean;
      file: string;
    };
    test(`${name} ${about.shouldParse ? 'parses' : 'is refused'}`, () => {
      const problem = parses(readFileSync(new URL(`${name}/${about.file}`, cases), 'utf8'));
      expect(problem === undefined, problem ?? 'it parsed').toBe(about.shouldParse);
    });
  }
});
