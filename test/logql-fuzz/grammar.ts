import type { Random } from '../prometheus/random.ts';
import type { Line } from './reference.ts';

/** Random lines, and random queries over them. */
const apps = ['web', 'db', 'job'];
const levels = ['info', 'warn', 'error', 'ERROR'];
const words = ['timeout', 'done', 'retry later', 'ok', 'Connection refused'];
export const epochNs = 1_767_225_600_000_000_000n;
export const spanNs = 600_000_000_000n;

export function randomLines(chance: Random, count: number): Line[] {
  const streams = apps.flatMap((app) =>
    ['a', 'b'].map(
      (zone) =>
        new Map([
          ['app', app],
          ['zone', zone],
          ['level', 'stream'],
        ]),
    ),
  );
  const lines = Array.from({ length: count }, (): Line => {
    const stream = new Map(chance.pick(streams));
    if (chance.isTrue(0.5)) stream.delete('level');
    const metadata = new Map<string, string>();
    if (chance.isTrue(0.3)) metadata.set(chance.pick(['tid', 'zone', 'status']), `m${chance.whole(0, 2)}`);
    const timeNs = epochNs + BigInt(chance.whole(0, 599_999)) * 1_000_000n;
    return { timeNs, line: randomLine(chance), stream, metadata };
  });
  return lines.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
}

function randomLine(chance: Random): string {
  const status = 200 + chance.whole(0, 3) * 100;
  const took = chance.pick(['15ms', '1.5s', '250ms', '2m', 'oops']);
  const size = chance.pick(['12KB', '1MiB', '700', 'huge']);
  const level = chance.pick(levels);
  const text = chance.pick(words);
  switch (chance.whole(0, 3)) {
    case 0:
      return JSON.stringify({
        level,
        status,
        msg: text,
        took,
        req: { size, 'path-id': chance.whole(0, 4) },
        tags: ['x'],
        gone: null,
      });
    case 1:
    case 2:
      return `level=${level} status=${status} msg="${text}" took=${took} size=${size} path-id=${chance.whole(0, 4)}`;
    default:
      return `${level} ${text} ${status}`;
  }
}

const names = [
  'level',
  'level_extracted',
  'status',
  'took',
  'size',
  'req_size',
  'zone',
  'app',
  'tid',
  'msg',
  'missing',
];

export function randomQuery(chance: Random): string {
  return chance.isTrue(0.3) ? randomLog(chance) : randomMetric(chance);
}

function randomSelector(chance: Random): string {
  return chance.pick(['{app=~".+"}', '{app="web"}', '{app!="job",zone=~"a|b"}', '{zone="a",app=~"w.b|d.+"}']);
}

function randomLog(chance: Random): string {
  return `${randomSelector(chance)}${randomStages(chance)}`;
}

function randomStages(chance: Random): string {
  const stages: string[] = [];
  for (let count = chance.whole(0, 5); count > 0; count--) {
    const stage = randomStage(chance);
    // Right behind `drop a`, a line filter would be read as a matcher of `a`.
    const isMisread = stage.startsWith('!') && /^\| (drop|keep)/.test(stages.at(-1) ?? '');
    if (!isMisread) stages.push(stage);
  }
  return stages.map((stage) => ` ${stage}`).join('');
}

function randomStage(chance: Random): string {
  const name = chance.pick(names);
  switch (chance.whole(0, 12)) {
    case 0:
      return `|= "${chance.pick(['level', 'error', 'ok', ' 200', ''])}"`;
    case 1:
      return `!= "${chance.pick(['timeout', 'error'])}" or "${chance.pick(['done', 'zzz'])}"`;
    case 2:
      return `${chance.pick(['|~', '!~'])} "${chance.pick(['(?i)error', 'err.r', 'done|ok', '[45]00', 'ref+used'])}"`;
    case 3:
    case 4:
      return '| json';
    case 5:
    case 6:
      return '| logfmt';
    case 7:
      return '| regexp "^(?P<level>[A-Za-z]+) (?P<rest>.*) (?P<status>[0-9]+)$"';
    case 8:
      return `| ${randomFilter(chance)}`;
    case 9:
      return `| line_format "${chance.pick(['{{.level}} {{.msg}}', '{{ .status }}={{.app | upper}}', 'level={{.level}} n=1'])}"`;
    case 10:
      return `| label_format ${chance.pick([`out=${name}`, 'out="{{.status}}-{{.zone}}"', 'zone="{{.app}}"'])}`;
    case 11:
      return `| drop ${name}${chance.isTrue(0.3) ? ', zone="a"' : ''}`;
    default:
      return `| keep ${name}, app, level`;
  }
}

function randomFilter(chance: Random): string {
  const one = (): string =>
    chance.pick([
      `status >= ${chance.pick([200, 300, 400])}`,
      'status = 500',
      'took > 200ms',
      'size < 1MB',
      `level="${chance.pick(levels)}"`,
      'level_extracted=~"err.*"',
      'zone!="a"',
      'missing=""',
      '__error__=""',
    ]);
  if (chance.isTrue(0.6)) return one();
  return `(${one()} ${chance.pick(['and', 'or', ','])} ${one()})`;
}

function randomMetric(chance: Random): string {
  const range = randomRange(chance);
  const grouping = chance.pick([
    '',
    ` by (${chance.pick(names)})`,
    ' by (level, app)',
    ` without (${chance.pick(names)})`,
  ]);
  const whole = chance.isTrue(0.6)
    ? `${chance.pick(['sum', 'avg', 'max', 'min', 'count'])}${grouping} (${range})`
    : range;
  return chance.isTrue(0.25) ? `${whole} ${chance.pick(['> 1', '<= bool 2', '* 3', '/ 0'])}` : whole;
}

function randomRange(chance: Random): string {
  const window = `[${chance.pick(['30s', '1m', '75s', '5m', '10s'])}]${chance.isTrue(0.2) ? ' offset 20s' : ''}`;
  const log = randomLog(chance);
  // Half the queries tolerate what others stumble over.
  const forgiving = chance.isTrue(0.7) ? ' | __error__=""' : '';
  if (chance.isTrue(0.5)) {
    return `${chance.pick(['rate', 'count_over_time', 'bytes_over_time', 'bytes_rate'])}(${log}${forgiving} ${window})`;
  }
  const unwrap = chance.pick(['status', 'duration(took)', 'bytes(size)', 'path_id']);
  const range = `${log} | logfmt | unwrap ${unwrap}${forgiving} ${window}`;
  const grouping = chance.pick(['', ' by (app)', ' by (level)', ' without (zone, took)']);
  if (chance.isTrue(0.3)) return `${chance.pick(['sum_over_time', 'rate'])}(${range})`;
  if (chance.isTrue(0.2)) return `quantile_over_time(0.${chance.whole(0, 9)}, ${range})${grouping}`;
  const ops = ['avg', 'max', 'min', 'first', 'last', 'stdvar', 'stddev'];
  return `${chance.pick(ops)}_over_time(${range})${grouping}`;
}
