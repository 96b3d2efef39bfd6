/** The scalar types of `prometheus.yml`: durations, byte sizes, numbers, booleans, URLs. */
import { parseDurationMs } from '@farol/promql';
import { type ConfigNode, invalidAt, type Reader, text } from '#kit/yamltree';

export const durationMs: Reader<number> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  const ms = parseDurationMs(written);
  if (ms === undefined) {
    throw invalidAt(
      at,
      written === '' ? 'empty duration string' : `not a valid duration string: ${JSON.stringify(written)}`,
    );
  }
  return ms;
};

export const flag: Reader<boolean> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  // YAML 1.1's spellings, which Prometheus' reader takes.
  if (/^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(written)) return true;
  if (/^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(written)) return false;
  throw invalidAt(at, `expected true or false, found ${JSON.stringify(written)}`);
};

export const count: Reader<number> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  if (!/^\+?\d{1,15}$/.test(written)) throw invalidAt(at, `expected a whole number, found ${JSON.stringify(written)}`);
  return Number(written);
};

export const float: Reader<number> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  const value = written.trim() === '' ? Number.NaN : Number(written);
  if (Number.isNaN(value)) throw invalidAt(at, `expected a number, found ${JSON.stringify(written)}`);
  return value;
};

const byteUnits: ReadonlyMap<string, number> = new Map(
  ['', 'K', 'M', 'G', 'T', 'P', 'E'].flatMap((prefix, power) => [
    [`${prefix}B`, 1024 ** power],
    [`${prefix}iB`, 1024 ** power],
  ]),
);

/** `512MB`, `1.5GiB`: steps of 1024 either way; the unit is not optional, except after 0. */
export const bytes: Reader<number> = (at) => {
  const written = text(at);
  if (written === undefined) return undefined;
  if (written === '0') return 0;
  const parts = written === '' ? [] : [...written.matchAll(/(\d+(?:\.\d*)?|\.\d+)([KMGTPE]?i?B)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== written) {
    throw invalidAt(at, `${JSON.stringify(written)} is no size; write a number and a unit, such as 50MB`);
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (byteUnits.get(unit ?? '') ?? 1), 0);
};

export function oneOf<T extends string>(...words: readonly T[]): Reader<T> {
  return (at) => {
    const written = text(at);
    if (written === undefined) return undefined;
    const word = words.find((known) => known === written);
    if (word === undefined)
      throw invalidAt(at, `expected one of ${words.join(', ')}, found ${JSON.stringify(written)}`);
    return word;
  };
}

/** A secret: the same as text; its own name so that no one prints it. */
export const secret: Reader<string> = text;

/** Refuses a field by name: Prometheus has it, Farol does not. */
export function unsupported(what: string, instead: string): Reader<never> {
  return (at: ConfigNode) => {
    throw invalidAt(at, `${what} is not supported by Farol; ${instead}`);
  };
}
