import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ExposedSeries,
  openMetricsParser,
  parseLabels,
  parseSeries,
  type Sink,
} from '../../server/src/receive/scrape/exposition/index.ts';

const cases = new URL('../../../shared/conformance/openmetrics/parsers/', import.meta.url);

/**
 * Cases where Farol differs from the specification, and why. The list may only shrink.
 * Long exemplars are dropped and counted, and their sample is kept: one exemplar too many characters long
 * must not cost a target its scrape.
 */
const deviations: ReadonlySet<string> = new Set(['bad_exemplars_6', 'bad_exemplar_complex_chars']);

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

describe.skipIf(!isHere)('OpenMetrics parser cases', () => {
  for (const name of isHere ? readdirSync(cases) : []) {
    const about = JSON.parse(readFileSync(new URL(`${name}/test.json`, cases), 'utf8')) as {
      shouldParse: boolean;
      file: string;
    };
    const expected = deviations.has(name) ? !about.shouldParse : about.shouldParse;
    test(`${name} ${expected ? 'parses' : 'is refused'}`, () => {
      const problem = parses(readFileSync(new URL(`${name}/${about.file}`, cases), 'utf8'));
      expect(problem === undefined, problem ?? 'it parsed').toBe(expected);
    });
  }
});
