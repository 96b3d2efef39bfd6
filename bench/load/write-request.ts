/** A remote-write request's bytes with holes for values and times, in version 1 (`prometheus.WriteRequest`) and 2. */
import { type Template, TemplateWriter, varint } from './template.ts';

export type WriteVersion = 1 | 2;

interface Labelled {
  readonly labels: readonly (readonly [string, string])[];
}

export function writeHeaders(version: WriteVersion = 1): Record<string, string> {
  const message = version === 2 ? ';proto=io.prometheus.write.v2.Request' : '';
  return {
    'content-type': `application/x-protobuf${message}`,
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': version === 2 ? '2.0.0' : '0.1.0',
    'user-agent': 'farol-bench',
  };
}

/** Two holes for each sample, its value and its time, in the order of the rounds and, in a round, of the series. */
export function requestTemplate(
  series: readonly Labelled[],
  { rounds, version = 1 }: { rounds: number; version?: WriteVersion },
): Template {
  return version === 2 ? template2(series, rounds) : template1(series, rounds);
}

function template1(series: readonly Labelled[], rounds: number): Template {
  const writer = new TemplateWriter();
  for (let round = 0; round < rounds; round++) {
    for (const { labels } of series) {
      writer.message(1, (one) => {
        for (const [name, value] of labels) one.message(1, (label) => label.text(1, name).text(2, value));
        one.message(2, sample);
      });
    }
  }
  return writer.finish();
}

const counterType = 1;

/** Symbols first, '' among them; then the series by their numbers, with metadata as Prometheus 3 sends it. */
function template2(series: readonly Labelled[], rounds: number): Template {
  const places = new Map<string, number>([['', 0]]);
  const place = (text: string) => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  const help = place('What the benchmark counts.');
  const references = series.map(({ labels }) => Buffer.concat(labels.flat().map((text) => varint(place(text)))));
  const writer = new TemplateWriter();
  for (const text of places.keys()) writer.text(4, text);
  for (let round = 0; round < rounds; round++) {
    for (const bytes of references) {
      writer.message(5, (one) => {
        one.tag(1, 2).raw(varint(bytes.length)).raw(bytes);
        one.message(2, sample).message(5, (metadata) => metadata.integer(1, counterType).integer(3, help));
      });
    }
  }
  return writer.finish();
}

const sample = (one: TemplateWriter): void => {
  one.tag(1, 1).hole(8).tag(2, 0).hole(6);
};
