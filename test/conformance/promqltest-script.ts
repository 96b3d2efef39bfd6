import { parseDurationMs, parseSeries, type SeriesDescription, unquote } from '../../packages/promql/src/index.ts';

/** Reads promqltest scripts (`../../shared/conformance/README.md` has the grammar) into commands. */
export type Command =
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'load';
      readonly stepMs: number;
      readonly withNhcb: boolean;
      readonly series: readonly LoadedSeries[];
    }
  | EvalCommand;

export interface LoadedSeries extends SeriesDescription {
  /** Start timestamps, relative to each sample, as written. Absent for nearly every series. */
  readonly startsText?: string;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly text: string;
  readonly times: InstantTimes | RangeTimes;
  readonly expects: readonly Expectation[];
  readonly series: readonly SeriesDescription[];
  readonly scalar?: number;
  readonly string?: string;
}

interface InstantTimes {
  readonly kind: 'instant';
  readonly timeMs: number;
  /** Set by `expect range vector`: the times of the samples the answer has. */
  readonly samples?: Omit<RangeTimes, 'kind'>;
}

export interface RangeTimes {
  readonly kind: 'range';
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

interface Expectation {
  readonly kind: 'ordered' | 'fail' | 'warn' | 'no_warn' | 'info' | 'no_info';
  readonly matches?: (text: string) => boolean;
  readonly wish?: string;
}

export function parseScript(script: string): Command[] {
  const lines = script.split('\n').map((line) => (line.trim().startsWith('#') ? '' : line.trim()));
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    if (line === 'clear') {
      commands.push({ kind: 'clear' });
      continue;
    }
    const block: string[] = [];
    const isEval = line.startsWith('eval');
    while (at + 1 < lines.length && lines[at + 1] !== '') {
      block.push(lines[++at] ?? '');
      // A lone number ends an eval: what follows is a new command.
      if (isEval && scalarOf(block.at(-1) ?? '') !== undefined) break;
    }
    commands.push(isEval ? parseEval(line, block, at - block.length + 1) : parseLoad(line, block));
  }
  return commands;
}

function parseLoad(line: string, block: readonly string[]): Command {
  const match = /^load(_with_nhcb)?\s+(\S+)$/.exec(line);
  if (match === null) throw new Error(`not a command: ${line}`);
  const series: LoadedSeries[] = [];
  let startsText: string | undefined;
  for (const definition of block) {
    const starts = /^(\S+)@st\s+(.*)$/.exec(definition);
    if (starts !== null) {
      startsText = starts[2];
      continue;
    }
    series.push({ ...parseSeries(definition), startsText });
    startsText = undefined;
  }
  return { kind: 'load', stepMs: durationMs(match[2] ?? ''), withNhcb: match[1] !== undefined, series };
}

const instantLine = /^eval(?:_(fail|warn|info|ordered))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/;
const rangeLine = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;

function parseEval(line: string, block: readonly string[], number: number): EvalCommand {
  const range = rangeLine.exec(line);
  const instant = range === null ? instantLine.exec(line) : null;
  const match = range ?? instant;
  if (match === null) throw new Error(`line ${number}: not an eval: ${line}`);
  const outcome = parseOutcome(block);
  const expects =
    match[1] === undefined ? outcome.expects : [{ kind: match[1] as Expectation['kind'] }, ...outcome.expects];
  const text = match.at(-1) ?? '';
  const times: EvalCommand['times'] =
    range === null
      ? { kind: 'instant', timeMs: durationMs(match[2] ?? '0'), samples: outcome.samples }
      : {
          kind: 'range',
          startMs: durationMs(match[2] ?? ''),
          endMs: durationMs(match[3] ?? ''),
          stepMs: durationMs(match[4] ?? ''),
        };
  return { kind: 'eval', line: number, text, times, ...outcome, expects };
}

interface Outcome {
  expects: Expectation[];
  series: SeriesDescription[];
  scalar?: number;
  string?: string;
  samples?: Omit<RangeTimes, 'kind'>;
}

function parseOutcome(block: readonly string[]): Outcome {
  const outcome: Outcome = { expects: [], series: [] };
  for (const line of block) {
    const samples = /^expect range vector from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/.exec(line);
    const scalar = scalarOf(line);
    if (samples !== null) {
      const [startMs, endMs, stepMs] = samples.slice(1).map(durationMs);
      outcome.samples = { startMs: startMs ?? 0, endMs: endMs ?? 0, stepMs: stepMs ?? 0 };
    } else if (line.startsWith('expect string ')) outcome.string = unquote(line.slice('expect string '.length));
    else if (/^expect(ed_fail_\w+)?\s/.test(line)) outcome.expects.push(parseExpectation(line));
    else if (scalar !== undefined) outcome.scalar = scalar;
    else outcome.series.push(parseSeries(line));
  }
  return outcome;
}

function parseExpectation(line: string): Expectation {
  const old = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line);
  if (old !== null) return { kind: 'fail', ...wish(old[1] === 'message' ? 'msg' : 'regex', old[2] ?? '') };
  const match = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(msg|regex):\s*(.+))?$/.exec(line);
  if (match === null) throw new Error(`not an expectation: ${line}`);
  const kind = match[1] as Expectation['kind'];
  return match[2] === undefined ? { kind } : { kind, ...wish(match[2], match[3] ?? '') };
}

/** The patterns of these scripts are ours and trusted, so the host's own engine may run them. */
function wish(kind: string, text: string): Pick<Expectation, 'matches' | 'wish'> {
  if (kind === 'msg') return { wish: text, matches: (actual) => actual === text };
  const pattern = new RegExp(text);
  return { wish: text, matches: (actual) => pattern.test(actual) };
}

function scalarOf(line: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*(e[+-]?\d+)?|\.\d+(e[+-]?\d+)?|inf|nan|0x[0-9a-f]+)$/i.test(line)) return undefined;
  if (/inf/i.test(line)) return line.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(line);
}

function durationMs(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const bare = text.replace(/^[+-]/, '');
  const ms = parseDurationMs(bare) ?? Number(bare) * 1000;
  if (Number.isNaN(ms)) throw new Error(`not a duration: ${text}`);
  return sign * ms;
}
