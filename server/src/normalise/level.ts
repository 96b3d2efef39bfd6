/** The level a person filters by: from the severity number, else the severity text, else what the line says. */
import type { Level } from '#model';

/** OTLP severity numbers: four to a level, from 1. 0 and anything outside 1 … 24 say nothing. */
export function levelOfNumber(severityNumber: number): Level {
  return byNumber[severityNumber] ?? 'unknown';
}

const byNumber: readonly Level[] = [
  'unknown',
  ...(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const).flatMap((level) => [level, level, level, level]),
];

const byText: ReadonlyMap<string, Level> = new Map(
  Object.entries({
    trace: 'trace verbose finest 10',
    debug: 'debug dbg fine 20',
    info: 'info information informational inf notice log 30',
    warn: 'warn warning wrn 40',
    error: 'error err eror severe 50',
    fatal: 'fatal critical crit panic alert emergency emerg 60',
  }).flatMap(([level, texts]) => texts.split(' ').map((text): [string, Level] => [text, level as Level])),
);

/** `WARN`, `Warning`, `Information2`, pino's `40`. Unknown words say nothing. */
export function levelOfText(text: string): Level {
  if (text === '') return 'unknown';
  return byText.get(text) ?? byText.get(text.toLowerCase().replace(/^([a-z]+)[2-4]$/, '$1')) ?? 'unknown';
}

// A word in capitals or in brackets near the start of a plain line. An ANSI colour may stand before it.
const spoken =
  /(?:^|[^A-Za-z_]|\[[0-9;]*m)(?:(TRACE|DEBUG|INFO|NOTICE|LOG|WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|PANIC)(?![A-Za-z_=])|\[(trace|debug|info|notice|warn|warning|error|err|fatal|critical|panic)\])/;

/** For lines that are neither JSON nor logfmt with a level. */
export function levelSpoken(line: string): Level {
  const match = spoken.exec(line.length <= 160 ? line : line.slice(0, 160));
  return match ? levelOfText((match[1] ?? match[2] ?? '').toLowerCase()) : 'unknown';
}
