/**
 * Numbers and times in a reader's words and zone: rounded as a person would say them, the unit always there.
 * One object per language; everything in it is pure.
 */
export interface Format {
  readonly locale: string;
  /** 1234567 → `1.2M` */
  readonly count: (value: number) => string;
  /** 1234567 → `1,234,567` */
  readonly exact: (value: number) => string;
  /** Per second in; `12/s`, or `3/min` when a second is too short to say it. */
  readonly rate: (perSecond: number) => string;
  /** 0.0234 → `2.3%` */
  readonly share: (value: number) => string;
  readonly durationMs: (ms: number) => string;
  readonly durationNs: (ns: number) => string;
  readonly bytes: (bytes: number) => string;
  /** A change factor: 4.02 → `4×` */
  readonly times: (factor: number) => string;
  /** Three significant digits, for values without a known unit. */
  readonly plain: (value: number) => string;
  /** `14:02:03`, in the reader's zone. */
  readonly clock: (ms: number) => string;
  readonly clockMs: (ms: number) => string;
  /** `Nov 22, 14:02` */
  readonly moment: (ms: number) => string;
  /** Everything, zone included; what a hover shows. */
  readonly full: (ms: number) => string;
  /** The shortest label that tells the ticks of this span of time apart. */
  readonly tick: (ms: number, stepMs: number) => string;
  readonly ago: (ms: number, nowMs: number) => string;
}

const hour12 = false;

export function makeFormat(locale: string): Format {
  const numbers = new Map<string, Intl.NumberFormat>();
  const number = (value: number, digits: number) => {
    const key = String(digits);
    let made = numbers.get(key);
    if (!made) {
      made = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
      numbers.set(key, made);
    }
    return made.format(value);
  };
  const brief = (value: number) => number(value, value >= 9.95 ? 0 : 1);
  const significant = (value: number) => number(value, digitsFor(value));
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12 });
  const minute = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hour12 });
  const moment = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hour12,
  });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long', hour12 });
  const clockMs = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hour12,
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });

  const durationMs = (ms: number): string => {
    const size = Math.abs(ms);
    if (size === 0) return '0 ms';
    if (size < 0.001) return `${significant(ms * 1e6)} ns`;
    if (size < 1) return `${significant(ms * 1e3)} µs`;
    if (size < 999.5) return `${significant(ms)} ms`;
    if (size < 60_000) return `${significant(ms / 1_000)} s`;
    if (size < 3_600_000) return pair(ms / 60_000, 'min', 60, 's');
    if (size < 86_400_000) return pair(ms / 3_600_000, 'h', 60, 'min');
    return pair(ms / 86_400_000, 'd', 24, 'h');
  };
  const bytes = (value: number): string => {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let scaled = value;
    let unit = 0;
    while (Math.abs(scaled) >= 1_000 && unit < units.length - 1) {
      scaled /= 1_024;
      unit += 1;
    }
    return `${significant(scaled)} ${units[unit]}`;
  };
  const count = (value: number): string => {
    const size = Math.abs(value);
    if (size < 1_000) return significant(value);
    if (size < 999_500) return `${significant(value / 1e3)}k`;
    if (size < 999_500_000) return `${significant(value / 1e6)}M`;
    return `${significant(value / 1e9)}G`;
  };

  return {
    locale,
    count,
    exact: (value) => number(value, 0),
    rate: (perSecond) => {
      if (perSecond === 0) return '0/s';
      if (Math.abs(perSecond) < 0.5) {
        const perMinute = perSecond * 60;
        return perMinute < 0.5 ? `${brief(perMinute * 60)}/h` : `${brief(perMinute)}/min`;
      }
      return perSecond < 1 ? `${number(perSecond, 2)}/s` : `${count(perSecond)}/s`;
    },
    share: (value) => {
      const percent = value * 100;
      const size = Math.abs(percent);
      if (size > 0 && size < 0.1) return `<${number(0.1, 1)}%`;
      if (size < 10) return `${number(percent, 1)}%`;
      return `${number(percent, size < 100 && size > 99 ? 1 : 0)}%`;
    },
    durationMs,
    durationNs: (ns) => durationMs(ns / 1e6),
    bytes,
    times: (factor) => `${number(factor, factor < 10 && Math.abs(factor - Math.round(factor)) >= 0.05 ? 1 : 0)}×`,
    plain: (value) => (Math.abs(value) >= 1_000 ? count(value) : small(value, significant)),
    clock: (ms) => clock.format(ms),
    clockMs: (ms) => clockMs.format(ms),
    moment: (ms) => moment.format(ms),
    full: (ms) => full.format(ms),
    tick: (ms, stepMs) => {
      if (stepMs >= 86_400_000) return day.format(ms);
      if (stepMs >= 60_000) return isMidnight(ms) ? day.format(ms) : minute.format(ms);
      return clock.format(ms);
    },
    ago: (ms, nowMs) => {
      const seconds = Math.round((ms - nowMs) / 1_000);
      const size = Math.abs(seconds);
      if (size < 5) return relative.format(0, 'second');
      if (size < 60) return relative.format(seconds, 'second');
      if (size < 3_600) return relative.format(Math.round(seconds / 60), 'minute');
      if (size < 86_400) return relative.format(Math.round(seconds / 3_600), 'hour');
      return relative.format(Math.round(seconds / 86_400), 'day');
    },
  };

  function pair(value: number, unit: string, per: number, smaller: string): string {
    const whole = Math.trunc(value);
    const rest = Math.round(Math.abs(value - whole) * per);
    if (rest === per) return `${number(whole + Math.sign(value), 0)} ${unit}`;
    return rest === 0 ? `${number(whole, 0)} ${unit}` : `${number(whole, 0)} ${unit} ${number(rest, 0)} ${smaller}`;
  }
}

function small(value: number, significant: (value: number) => string): string {
  const size = Math.abs(value);
  return size > 0 && size < 0.0005 ? value.toExponential(1) : significant(value);
}

function digitsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 99.5 || size === 0) return 0;
  if (size >= 9.95) return 1;
  if (size >= 0.995) return 2;
  return 3;
}

function isMidnight(ms: number): boolean {
  const date = new Date(ms);
  return date.getHours() === 0 && date.getMinutes() === 0;
}
