import { Arguments, TemplateProblem, type Value } from '@farol/gotemplate';
import type { TemplateFunction } from './functions.ts';

const one = { min: 1, max: 1 };

export const encodingFunctions: Readonly<Record<string, TemplateFunction>> = {
  b64enc: (values) => Buffer.from(new Arguments('b64enc', values, one).string(0)).toString('base64'),
  b64dec: (values) => decoded(new Arguments('b64dec', values, one).string(0)),
  urlencode: (values) => urlEncoded(new Arguments('urlencode', values, one).string(0)),
  urldecode: (values) => urlDecoded(new Arguments('urldecode', values, one).string(0)),
  fromJson: (values) => fromJson(new Arguments('fromJson', values, one).string(0)),
};

/** Padding may be missing. What is no base64 gives Go's complaint as the text, as in Loki. */
function decoded(text: string): string {
  const [body = ''] = text.split('=');
  const bad = body.search(/[^A-Za-z0-9+/]/);
  const at = bad >= 0 ? bad : body.length % 4 === 1 ? body.length : -1;
  return at >= 0 ? `illegal base64 data at input byte ${at}` : Buffer.from(body, 'base64').toString();
}

function urlEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function urlDecoded(text: string): string {
  const bad = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (bad !== null) {
    const sequence = JSON.stringify(text.slice(bad.index, bad.index + 3));
    throw new TemplateProblem(`error calling urldecode: invalid URL escape ${sequence}`);
  }
  const bytes = text.replaceAll('+', ' ').split(/(?<=%..)|(?=%)/);
  const parts = bytes.map((part) => (/^%..$/.test(part) ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part)));
  return Buffer.concat(parts).toString();
}

/** nil for what is no JSON, as in sprig. */
function fromJson(text: string): Value {
  try {
    return goValue(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function goValue(json: unknown): Value {
  if (json === null || json === undefined) return undefined;
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json;
  if (Array.isArray(json)) return json.map(goValue);
  return new Map(Object.entries(json).map(([name, value]) => [name, goValue(value)]));
}
