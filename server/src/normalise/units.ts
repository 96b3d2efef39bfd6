/** UCUM units as OTLP sends them → the words that Prometheus puts at the end of names. */
const words: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
]);

const perWords: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** `By/s` → `bytes` and `per_second`. Units in braces (`{request}`) are annotations and say nothing. */
export function unitSuffixes(unit: string): { readonly main: string; readonly per: string } {
  const slash = unit.indexOf('/');
  const mainUnit = (slash < 0 ? unit : unit.slice(0, slash)).trim();
  const perUnit = slash < 0 ? '' : unit.slice(slash + 1).trim();
  const main = isAnnotation(mainUnit) ? '' : clean(words.get(mainUnit) ?? mainUnit);
  const per = isAnnotation(perUnit) ? '' : clean(perWords.get(perUnit) ?? perUnit).replace(/_$/, '');
  return { main, per: per === '' ? '' : `per_${per}` };
}

/** The unit in words for metadata: `By/s` → `bytes_per_second`. */
export function unitWord(unit: string): string {
  const { main, per } = unitSuffixes(unit);
  return main !== '' && per !== '' ? `${main}_${per}` : main + per;
}

function isAnnotation(unit: string): boolean {
  return unit === '' || unit.includes('{') || unit.includes('}');
}

function clean(unit: string): string {
  return unit.replace(/[^a-zA-Z0-9:]+/gu, '_').replace(/^_/, '');
}
