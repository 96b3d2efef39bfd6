import { RE2JS } from 're2js';
import type { GoTime } from './values.ts';

/** Times in Go's layouts: `2006-01-02T15:04:05.000Z07:00`. */

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const layoutPart =
  /January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z07:00|Z0700|-07:00:00|-07:00|-0700|-07|01|02|__2|002|03|04|05|06|15|PM|pm|[.,]0+(?!\d)|[.,]9+(?!\d)|_2|1|2|3|4|5/g;

/** Go's default layout for a time, as a template prints one. */
export function printTime(time: GoTime): string {
  return formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST');
}

export function formatTime(time: GoTime, layout: string): string {
  const parts = partsOf(time);
  return layout.replace(layoutPart, (part) => formatPart(part, parts));
}

interface TimeParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  readonly offsetMinutes: number;
  readonly zone: string;
}

function partsOf({ ns, zone }: GoTime): TimeParts {
  const nanos = Number(((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  const epochMs = Number((ns - BigInt(nanos)) / 1_000_000n);
  const offsetMinutes = offsetOf(zone, epochMs);
  const shifted = new Date(epochMs + offsetMinutes * 60_000);
  const year = shifted.getUTCFullYear();
  return {
    year,
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    weekday: shifted.getUTCDay(),
    yearDay: Math.floor((shifted.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    nanos,
    offsetMinutes,
    zone: zone === 'UTC' ? 'UTC' : zoneName(zone, epochMs),
  };
}

const two = (value: number): string => String(value).padStart(2, '0');

function formatPart(part: string, parts: TimeParts): string {
  const hour12 = parts.hour % 12 === 0 ? 12 : parts.hour % 12;
  if (/^[.,]0/.test(part)) return `${part[0]}${fraction(parts.nanos, part.length - 1)}`;
  if (/^[.,]9/.test(part)) {
    const digits = fraction(parts.nanos, part.length - 1).replace(/0+$/, '');
    return digits === '' ? '' : `${part[0]}${digits}`;
  }
  if (/^[Z-]0?7?/.test(part)) return offsetText(part, parts.offsetMinutes);
  const formatted: Readonly<Record<string, string>> = {
    January: months[parts.month] ?? '',
    Jan: (months[parts.month] ?? '').slice(0, 3),
    Monday: days[parts.weekday] ?? '',
    Mon: (days[parts.weekday] ?? '').slice(0, 3),
    MST: parts.zone,
    '2006': String(parts.year).padStart(4, '0'),
    '06': two(parts.year % 100),
    '01': two(parts.month + 1),
    '1': String(parts.month + 1),
    '02': two(parts.day),
    _2: String(parts.day).padStart(2, ' '),
    '2': String(parts.day),
    '002': String(parts.yearDay).padStart(3, '0'),
    __2: String(parts.yearDay).padStart(3, ' '),
    '15': two(parts.hour),
    '03': two(hour12),
    '3': String(hour12),
    '04': two(parts.minute),
    '4': String(parts.minute),
    '05': two(parts.second),
    '5': String(parts.second),
    PM: parts.hour < 12 ? 'AM' : 'PM',
    pm: parts.hour < 12 ? 'am' : 'pm',
  };
  return formatted[part] ?? part;
}

function fraction(nanos: number, digits: number): string {
  return String(nanos).padStart(9, '0').slice(0, digits).padEnd(digits, '0');
}

function offsetText(part: string, minutes: number): string {
  if (part.startsWith('Z') && minutes === 0) return 'Z';
  const sign = minutes < 0 ? '-' : '+';
  const hours = two(Math.floor(Math.abs(minutes) / 60));
  const rest = two(Math.abs(minutes) % 60);
  if (part === '-07') return `${sign}${hours}`;
  const separator = part.includes(':') ? ':' : '';
  const seconds = part.endsWith(':00:00') ? ':00' : '';
  return `${sign}${hours}${separator}${rest}${seconds}`;
}

/** Minutes east of Greenwich; UTC for a zone that nobody knows. */
function offsetOf(zone: string, epochMs: number): number {
  if (zone === 'UTC') return 0;
  const shown = zonePart(zone, 'longOffset', epochMs);
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(shown) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const zoneName = (zone: string, epochMs: number): string => zonePart(zone, 'short', epochMs) || 'UTC';

function zonePart(zone: string, style: 'longOffset' | 'short', epochMs: number): string {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: style });
    return format.formatToParts(new Date(epochMs)).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  } catch {
    // An unknown zone is UTC, as in Loki.
    return '';
  }
}

const layoutPatterns: Readonly<Record<string, string>> = {
  '2006': '(?P<year>\\d{4})',
  '06': '(?P<shortYear>\\d{2})',
  '01': '(?P<month>\\d{2})',
  '1': '(?P<month>\\d{1,2})',
  January: `(?P<monthName>${months.join('|')})`,
  Jan: `(?P<monthName>${months.map((name) => name.slice(0, 3)).join('|')})`,
  Monday: `(?:${days.join('|')})`,
  Mon: `(?:${days.map((name) => name.slice(0, 3)).join('|')})`,
  '02': '(?P<day>\\d{2})',
  '2': '(?P<day>\\d{1,2})',
  _2: '(?P<day> ?\\d{1,2})',
  '15': '(?P<hour>\\d{2})',
  '03': '(?P<hour>\\d{2})',
  '3': '(?P<hour>\\d{1,2})',
  '04': '(?P<minute>\\d{2})',
  '4': '(?P<minute>\\d{1,2})',
  '05': '(?P<second>\\d{2})',
  '5': '(?P<second>\\d{1,2})',
  PM: '(?P<half>AM|PM)',
  pm: '(?P<half>am|pm)',
  MST: '(?:[A-Z]{3,4})',
};

interface ParseTimeOptions {
  readonly zone: string;
  readonly regex: (pattern: string) => RE2JS;
}

/** The nanoseconds a text stands for under a Go layout, or undefined when it does not fit. */
export function parseTime(layout: string, text: string, { zone, regex }: ParseTimeOptions): bigint | undefined {
  let source = '^';
  let end = 0;
  for (const match of layout.matchAll(layoutPart)) {
    source += RE2JS.quote(layout.slice(end, match.index)) + patternOf(match[0]);
    end = match.index + match[0].length;
  }
  const found = fieldsOf(regex(`${source}${RE2JS.quote(layout.slice(end))}$`), text);
  return found === undefined ? undefined : nanosOf(found, zone);
}

function patternOf(part: string): string {
  if (/^[.,][09]/.test(part)) return '(?:[.,](?P<fraction>\\d{1,9}))?';
  if (/^[Z-]0/.test(part)) return '(?P<offset>Z|[+-]\\d{2}:?(?:\\d{2})?)';
  // A Go seconds field takes a fraction even where the layout has none.
  if (part === '05') return `${layoutPatterns[part]}(?:\\.(?P<subsecond>\\d{1,9}))?`;
  return layoutPatterns[part] ?? '\\d+';
}

function fieldsOf(regex: RE2JS, text: string): Record<string, string | undefined> | undefined {
  const matcher = regex.matcher(text);
  if (!matcher.find()) return undefined;
  const names = Object.keys(regex.namedGroups());
  return Object.fromEntries(names.map((name) => [name, matcher.group(name) ?? undefined]));
}

function nanosOf(found: Record<string, string | undefined>, zone: string): bigint {
  const number = (name: string, fallback: number): number => Number((found[name] ?? String(fallback)).trim());
  const year = found.shortYear === undefined ? number('year', 0) : 2000 + number('shortYear', 0);
  const named = months.findIndex((name) => name.startsWith((found.monthName ?? '-').slice(0, 3)));
  const month = named >= 0 ? named : number('month', 1) - 1;
  let hour = number('hour', 0);
  if (found.half !== undefined) hour = (hour % 12) + (found.half.toLowerCase() === 'pm' ? 12 : 0);
  const local = Date.UTC(year, month, number('day', 1), hour, number('minute', 0), number('second', 0));
  const offset = found.offset === undefined ? offsetOf(zone, local) : minutesOf(found.offset);
  const digits = (found.fraction ?? found.subsecond ?? '').padEnd(9, '0');
  return BigInt(local - offset * 60_000) * 1_000_000n + BigInt(digits);
}

function minutesOf(offset: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d{2}):?(\d{2})?/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
