/** Loki's JSON push: `{"streams":[{"stream":{…},"values":[["<ns>","line",{…}]]}]}`. Strict: a wrong type is refused. */
import { type Attributes, noAttributes, Refusal } from '#model';
import type { WireEntry, WireStream } from '#normalise';
import { parseJson } from '../json.ts';

export function decodePushJson(body: Buffer, nestingMax: number): WireStream[] {
  const request = objectOf(parseJson(body, nestingMax), 'the request');
  const streams = request.streams;
  if (!Array.isArray(streams)) throw wrong('streams must be an array');
  return streams.map(streamOf);
}

function streamOf(item: unknown, index: number): WireStream {
  const where = `streams[${index}]`;
  const { stream, values } = objectOf(item, where);
  if (!Array.isArray(values)) throw wrong(`${where}.values must be an array`);
  return {
    labels: Object.entries(objectOf(stream, `${where}.stream`)).map(([name, value]) => [
      wellFormed(name, `${where}.stream`),
      textOf(value, `${where}.stream.${name.slice(0, 40)}`),
    ]),
    entries: values.map((value, i) => entryOf(value, `${where}.values[${i}]`)),
  };
}

function entryOf(value: unknown, where: string): WireEntry {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) {
    throw wrong(`${where} must be [timestamp, line] or [timestamp, line, metadata]`);
  }
  const [time, line, metadata] = value as [unknown, unknown, unknown];
  return {
    timeNs: timeOf(time, where),
    line: textOf(line, `the line of ${where}`),
    metadata: metadata === undefined ? noAttributes : metadataOf(metadata, where),
  };
}

function timeOf(time: unknown, where: string): bigint {
  if (typeof time === 'string' && /^-?\d{1,20}$/.test(time)) return BigInt(time);
  const given = String(JSON.stringify(time)).slice(0, 80);
  throw wrong(`the timestamp of ${where} must be a string of nanoseconds since the epoch, not ${given}`);
}

function metadataOf(metadata: unknown, where: string): Attributes {
  const entries = Object.entries(objectOf(metadata, `the structured metadata of ${where}`));
  if (entries.length === 0) return noAttributes;
  return {
    keys: entries.map(([key]) => wellFormed(key, `a structured metadata key of ${where}`)),
    values: entries.map(([key, value]) => textOf(value, `structured metadata ${key.slice(0, 40)} of ${where}`)),
  };
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(`${where} must be an object`);
}

function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string') throw wrong(`${where} must be a string`);
  return wellFormed(value, where);
}

/** A lone surrogate has no UTF-8 form: it would be stored as something else. */
function wellFormed(text: string, where: string): string {
  if (text.isWellFormed()) return text;
  throw wrong(`${where} holds half of a surrogate pair`);
}

function wrong(what: string): Refusal {
  return new Refusal(`Loki push: ${what}; see Loki's HTTP API`, { code: 'BAD_REQUEST' });
}
