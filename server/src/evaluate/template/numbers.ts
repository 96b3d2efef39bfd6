import {
  Arguments,
  type FunctionContext,
  formatG,
  type GoTime,
  printTime,
  type TemplateFunction,
  TemplateProblem,
  typeName,
  type Value,
} from '@farol/gotemplate';

/** Source: Prometheus' template/template.go, and helpers/templates of prometheus/common. */
export const numberFunctions: readonly [string, TemplateFunction<FunctionContext>][] = Object.entries({
  humanize: (value: number) => scaled(value, { step: 1000, large: 'kMGTPEZY', small: 'munpfazy', after: '' }),
  humanize1024: (value: number) => scaled(value, { step: 1024, large: 'kMGTPEZY', small: '', after: 'i' }),
  humanizeDuration: duration,
  humanizePercentage: (value: number) => `${formatG(value * 100, 4)}%`,
  humanizeTimestamp: (value: number) => (Number.isFinite(value) ? printTime(timeOf(value)) : formatG(value, 4)),
  toTime: timeOf,
  toDuration: goDuration,
} satisfies Record<string, (value: number) => Value>).map(([name, body]) => [
  name,
  (values) => body(numberOf(name, new Arguments(name, values, { min: 1, max: 1 }).any(0))),
]);

/** Numbers, and texts that are numbers for Go. */
function numberOf(name: string, value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string')
    throw new TemplateProblem(`error calling ${name}: can't convert ${typeName(value)} to float`);
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return Number(value);
  const [, sign = '', word] = /^([+-]?)(inf|infinity|nan)$/i.exec(value) ?? [];
  if (word === undefined) {
    throw new TemplateProblem(
      `error calling ${name}: strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`,
    );
  }
  if (word.toLowerCase() === 'nan') return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

interface Scale {
  readonly step: number;
  readonly large: string;
  /** None: what is below 1 stays as it is. */
  readonly small: string;
  readonly after: string;
}

function scaled(value: number, { step, large, small, after }: Scale): string {
  if (value === 0 || !Number.isFinite(value)) return formatG(value, 4);
  let rest = value;
  let prefix = '';
  const isLarge = Math.abs(value) >= 1;
  for (const next of isLarge ? large : small) {
    if (isLarge ? Math.abs(rest) < step : Math.abs(rest) >= 1) break;
    prefix = next + after;
    rest = isLarge ? rest / step : rest * step;
  }
  return `${formatG(rest, 4)}${prefix}`;
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatG(seconds, 4);
  if (seconds === 0) return '0s';
  const size = Math.abs(seconds);
  if (size < 1) return `${scaled(seconds, { step: 1000, large: '', small: 'munpfazy', after: '' })}s`;
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.trunc(size);
  const [d, h, m, s] = [
    Math.trunc(whole / 86_400),
    Math.trunc(whole / 3600) % 24,
    Math.trunc(whole / 60) % 60,
    whole % 60,
  ];
  if (d > 0) return `${sign}${d}d ${h}h ${m}m ${s}s`;
  if (h > 0) return `${sign}${h}h ${m}m ${s}s`;
  if (m > 0) return `${sign}${m}m ${s}s`;
  return `${sign}${formatG(size, 4)}s`;
}

function timeOf(seconds: number): GoTime {
  if (!Number.isFinite(seconds)) throw new TemplateProblem('error calling toTime: value is NaN or Inf');
  if (Math.abs(seconds) > 9_223_372_036) {
    throw new TemplateProblem(
      `${formatG(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  }
  return { kind: 'time', ns: BigInt(Math.trunc(seconds * 1000)) * 1_000_000n, zone: 'UTC' };
}

/** As Go prints a time.Duration: `1h2m3.5s`. */
function goDuration(seconds: number): string {
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '';
  if (size === 0 || !Number.isFinite(size)) return '0s';
  if (size < 1e-6) return `${sign}${Math.trunc(size * 1e9)}ns`;
  if (size < 1e-3) return `${sign}${trimmed(size * 1e6)}µs`;
  if (size < 1) return `${sign}${trimmed(size * 1e3)}ms`;
  const [h, m, s] = [Math.trunc(size / 3600), Math.trunc(size / 60) % 60, size % 60];
  return `${sign}${h > 0 ? `${h}h` : ''}${size >= 60 ? `${m}m` : ''}${trimmed(s)}s`;
}

const trimmed = (value: number): string => String(Number(value.toFixed(9)));
