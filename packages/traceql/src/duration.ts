/** Durations as Prometheus writes them (`1d12h`), else as Go does (`1.5h`, `200us`). In nanoseconds. */

const prometheusForm = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const secondNs = 1e9;
const dayNs = 86_400 * secondNs;
const prometheusUnitsNs = [365 * dayNs, 7 * dayNs, dayNs, 3600 * secondNs, 60 * secondNs, secondNs, 1e6];

/** Go's durations are 64-bit nanoseconds. */
const nsMax = 2 ** 63;

export function parseDurationNs(text: string): number | undefined {
  const ns = prometheusNs(text) ?? goDurationNs(text);
  return ns === undefined || ns >= nsMax ? undefined : ns;
}

function prometheusNs(text: string): number | undefined {
  const match = prometheusForm.exec(text);
  if (match === null || text === '') return undefined;
  let ns = 0;
  for (const [i, unitNs] of prometheusUnitsNs.entries()) ns += Number(match[i + 1] ?? 0) * unitNs;
  return ns;
}

const goUnitsNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: secondNs,
  m: 60 * secondNs,
  h: 3600 * secondNs,
};

/** A Go duration without a sign (`1h2m3.5s`); undefined when it is none. `0` is one. */
export function goDurationNs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let ns = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    ns += Number(amount) * (goUnitsNs[unit ?? ''] ?? 0);
  }
  return Math.trunc(ns);
}

/** As Go prints a duration: `1h2m3.5s`, `1.5ms`, `0s`. It reads back as the same number. */
export function formatDuration(ns: number): string {
  if (ns === 0) return '0s';
  const sign = ns < 0 ? '-' : '';
  const size = Math.abs(ns);
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${decimal(size, 1e3)}µs`;
  if (size < secondNs) return `${sign}${decimal(size, 1e6)}ms`;
  const minutes = Math.floor(size / (60 * secondNs));
  const seconds = `${decimal(size - minutes * 60 * secondNs, secondNs)}s`;
  if (minutes === 0) return sign + seconds;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${minutes % 60}m${seconds}`;
}

/** Digit by digit: a division would round. */
function decimal(amount: number, unit: number): string {
  const whole = Math.floor(amount / unit);
  const width = String(unit).length - 1;
  const rest = String(amount - whole * unit)
    .padStart(width, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}
