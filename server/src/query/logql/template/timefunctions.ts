import {
  Arguments,
  formatTime,
  type GoTime,
  intOf,
  isTime,
  parseTime,
  TemplateProblem,
  type Value,
} from '@farol/gotemplate';
import type { TemplateFunction } from './functions.ts';

/** Year 1, which is Go's time of nothing. */
const zeroNs = -62_135_596_800_000_000_000n;

function utc(ns: bigint): GoTime {
  return { kind: 'time', ns, zone: 'UTC' };
}

/** The server's own zone is UTC, so that an answer does not depend on the machine. */
export const timeFunctions: Readonly<Record<string, TemplateFunction>> = {
  __line__: (_, { line }) => line(),
  __timestamp__: (_, { timeNs }) => utc(timeNs()),
  now: (_, { nowNs }) => utc(nowNs()),
  date: (values) => {
    const args = new Arguments('date', values, { min: 2, max: 2 });
    return formatTime(momentOf(args.any(1)), args.string(0));
  },
  toDate: (values, { regex }) => {
    const args = new Arguments('toDate', values, { min: 2, max: 2 });
    return utc(parseTime(args.string(0), args.string(1), { zone: 'UTC', regex }) ?? zeroNs);
  },
  toDateInZone: (values, { regex }) => {
    const args = new Arguments('toDateInZone', values, { min: 3, max: 3 });
    const zone = args.string(1);
    return { kind: 'time', ns: parseTime(args.string(0), args.string(2), { zone, regex }) ?? zeroNs, zone };
  },
  unixEpoch: (values) => epoch('unixEpoch', values, 1_000_000_000n),
  unixEpochMillis: (values) => epoch('unixEpochMillis', values, 1_000_000n),
  unixEpochNanos: (values) => epoch('unixEpochNanos', values, 1n),
  unixToTime: (values) => unixToTime(new Arguments('unixToTime', values, { min: 1, max: 1 }).string(0)),
};

function momentOf(value: Value): GoTime {
  return isTime(value) ? value : utc(intOf(value) * 1_000_000_000n);
}

function epoch(name: string, values: readonly Value[], unitNs: bigint): string {
  const { ns } = new Arguments(name, values, { min: 1, max: 1 }).time(0);
  // Seconds before 1970 round down, as Go's do.
  const floor = ns < 0n && ns % unitNs !== 0n ? 1n : 0n;
  return String(ns / unitNs - floor);
}

const unitByDigits: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400_000_000_000n],
  [10, 1_000_000_000n],
  [13, 1_000_000n],
  [16, 1000n],
  [19, 1n],
]);

/** Days, seconds, milliseconds, microseconds or nanoseconds, by the number of digits. */
function unixToTime(text: string): GoTime {
  const unit = unitByDigits.get(text.length);
  if (unit === undefined || !/^-?\d+$/.test(text)) {
    throw new TemplateProblem(`error calling unixToTime: unable to parse time '${text}'`);
  }
  return utc(BigInt(text) * unit);
}
