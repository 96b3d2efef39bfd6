import type { Random } from '../random.ts';
import { labelValues, metrics } from './data.ts';

const names = [...metrics.counters, ...metrics.gauges, ...metrics.buckets, 'duration_count', 'duration_sum'];
const labelNames = Object.keys(labelValues);
const targetLabels = ['job', 'instance'];

/** What each metric has besides the job. */
const ownLabels: Readonly<Record<string, readonly string[]>> = {
  requests_total: ['instance', 'code'],
  restarts_total: ['instance'],
  temperature: ['instance', 'zone'],
  queue: ['instance'],
  weird: ['kind'],
  owner: ['team'],
  duration_bucket: ['le'],
};

const mathFunctions =
  'abs ceil floor exp sqrt ln log2 log10 sgn sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg rad'.split(
    ' ',
  );
const dateFunctions = 'minute hour day_of_week day_of_month day_of_year days_in_month month year'.split(' ');
const rangeFunctions =
  'rate increase delta irate idelta resets changes deriv avg_over_time sum_over_time min_over_time max_over_time count_over_time stddev_over_time stdvar_over_time last_over_time present_over_time absent_over_time'.split(
    ' ',
  );
const aggregations = 'sum avg min max count group stddev stdvar'.split(' ');
const arithmetic = ['+', '-', '*', '/', '%', '^', 'atan2'];
const comparisons = ['==', '!=', '<', '>', '<=', '>='];
const setOperators = ['and', 'or', 'unless'];

/** What is written in queries where a time is wanted, so that no window ends where a subquery has a point. */
const ranges = ['25s', '45s', '1m35s', '125s', '5m5s', '605s', '20m5s'];
const steps = ['', '10s', '20s', '30s', '1m'];
const offsets = ['10s', '1m', '5m', '10m', '-1m', '-5m'];

/** Makes queries of everything that Prometheus 2.42 knows. The same random numbers make the same queries. */
export class Grammar {
  private readonly random: Random;
  private readonly endSeconds: number;

  constructor(random: Random, endSeconds: number) {
    this.random = random;
    this.endSeconds = endSeconds;
  }

  query(isRange: boolean): string {
    const { random } = this;
    if (!isRange && random.isTrue(0.05)) return this.matrix(1);
    if (random.isTrue(0.03)) return this.broken();
    return random.isTrue(0.1) ? this.scalar(3) : this.vector(random.whole(1, 4));
  }

  /** What is wrong somewhere, or for one kind of query. */
  private broken(): string {
    const { random } = this;
    const [vector, matrix, scalar] = [this.operand(1), this.matrix(1), this.scalar(1)];
    return random.pick([
      '"text"',
      matrix,
      `rate(${vector})`,
      `abs(${matrix})`,
      `sum(${scalar})`,
      `${scalar} == ${scalar}`,
      `${vector} and ${scalar}`,
      `${vector} + bool ${vector}`,
      `${vector} offset 1m`,
      `${matrix}[1m]`,
      `sum(${vector}`,
      `${vector} + on (job) group_left (job) ${vector}`,
      `${vector} and on (job) group_left () ${vector}`,
      `{job=~".*"}`,
      `${this.matchers('queue')}{}`,
      `temperature{zone=~"("}`,
      `topk(${this.number()}, ${vector})`,
      `topk(${vector}, ${vector})`,
      `quantile(${this.number()}, ${vector})`,
      `count_values("", ${vector})`,
      `label_replace(${vector}, "x", "$1", "job", "(")`,
      `label_replace(${vector}, "instance", "", "", "")`,
      `label_join(${vector}, "x", "")`,
      `holt_winters(${matrix}, ${this.number()}, ${this.number()})`,
      `histogram_quantile(0.9)`,
      `${vector} @ 1e300`,
      `queue[0s]`,
      `queue[5x]`,
      `scalar(${scalar})`,
      `sort(${matrix})`,
      `time(${scalar})`,
      `${vector} =~ ${vector}`,
      `${vector} ${vector}`,
      `1 ${vector}`,
      `up{job=a}`,
      `unknown(${vector})`,
      `queue offset 1m offset 2m`,
      `queue @ 10 @ 20`,
      `-${matrix}`,
      `"a" + "b"`,
      `sum by (1a) (${vector})`,
    ]);
  }

  private vector(depth: number): string {
    if (depth <= 0) return this.random.isTrue(0.95) ? this.selector() : `vector(${this.scalar(0)})`;
    const inner = depth - 1;
    const kind = this.random.whole(0, 19);
    if (kind <= 5) return this.rangeCall(inner);
    if (kind <= 9) return this.aggregation(inner);
    if (kind <= 12) return this.betweenVectors(inner);
    if (kind <= 14) return this.withScalar(inner);
    if (kind === 15) return this.random.isTrue(0.5) ? this.selector() : this.chain();
    if (kind === 16) return this.random.pick([`(${this.vector(inner)})`, `-${this.operand(inner)}`]);
    return this.instantCall(inner);
  }

  /** Operators without parentheses, to be read by their precedence. */
  private chain(): string {
    const { random } = this;
    const parts = [this.selector()];
    for (let more = random.whole(2, 4); more > 0; more--) {
      const operator = random.pick([...arithmetic, ...arithmetic, this.comparison(), ...setOperators]);
      const mayBeScalar = !setOperators.includes(operator) && random.isTrue(0.4);
      parts.push(operator, random.isTrue(0.1) ? '-' : '', mayBeScalar ? this.number() : this.selector());
    }
    return parts.join(' ');
  }

  /** Something that binds tighter than any operator. */
  private operand(depth: number): string {
    return depth <= 0 ? this.selector() : `(${this.vector(depth)})`;
  }

  private scalar(depth: number): string {
    const { random } = this;
    const kind = depth <= 0 ? random.whole(0, 2) : random.whole(0, 6);
    if (kind <= 1) return this.number();
    if (kind === 2) return random.pick(['time()', 'pi()', this.number()]);
    if (kind === 3) return `scalar(${this.vector(depth - 1)})`;
    if (kind === 4) return `-(${this.scalar(depth - 1)})`;
    const [left, right] = [this.scalar(depth - 1), this.scalar(depth - 1)];
    if (kind === 5) return `(${left} ${random.pick(arithmetic)} ${right})`;
    return `(${left} ${random.pick(comparisons)} bool ${right})`;
  }

  private number(): string {
    const plain = ['0', '1', '2', '3', '0.5', '-1', '10', '100', '-2.5', '1e3', '1e-3', '0x1F', '.5'];
    return this.random.isTrue(0.9) ? this.random.pick(plain) : this.random.pick(['NaN', 'Inf', '-Inf', '1e300']);
  }

  private selector(): string {
    return `${this.matchers(this.name())}${this.timing()}`;
  }

  private name(): string {
    return this.random.isTrue(0.02) ? 'nothing' : this.random.pick(names);
  }

  private matchers(name: string): string {
    const { random } = this;
    const written: string[] = [];
    while (random.isTrue(0.25)) {
      const label = random.pick(random.isTrue(0.8) ? ['job', ...(ownLabels[name] ?? [])] : labelNames);
      const value = random.pick(labelValues[label] ?? []);
      const pattern = random.pick([`${value}|zz`, '.+', '.*', '', `[${value[0]}-z].*`, `(${value})?`]);
      const quote = random.pick(['"', '"', "'", '`']);
      if (random.isTrue(0.6)) written.push(`${label}${random.pick(['=', '!='])}${quote}${value}${quote}`);
      else written.push(`${label}${random.pick(['=~', '!~'])}"${pattern}"`);
    }
    if (random.isTrue(0.03)) return `{__name__=~"${name}|temperature"${written.map((each) => `,${each}`).join('')}}`;
    return written.length === 0 ? name : `${name}{${written.join(',')}${random.isTrue(0.1) ? ',' : ''}}`;
  }

  /** `offset` and `@`, in either order. */
  private timing(): string {
    const { random } = this;
    const parts: string[] = [];
    if (random.isTrue(0.15)) parts.push(` offset ${random.pick(offsets)}`);
    if (random.isTrue(0.1)) {
      const seconds = this.endSeconds - random.whole(0, 300) * 10;
      parts.push(` @ ${random.pick(['start()', 'end()', String(seconds), String(seconds)])}`);
    }
    return random.isTrue(0.5) ? parts.join('') : parts.reverse().join('');
  }

  private matrix(depth: number): string {
    const { random } = this;
    if (depth <= 0 || random.isTrue(0.7)) {
      return `${this.matchers(this.name())}[${random.pick(ranges)}]${this.timing()}`;
    }
    const step = random.pick(steps);
    return `${this.operand(depth - 1)}[${random.pick(ranges)}:${step}]${this.timing()}`;
  }

  private rangeCall(depth: number): string {
    const { random } = this;
    const kind = random.whole(0, 9);
    if (kind === 0) return `quantile_over_time(${this.scalar(0)}, ${this.matrix(depth)})`;
    if (kind === 1) return `predict_linear(${this.matrix(depth)}, ${this.scalar(0)})`;
    if (kind === 2 && random.isTrue(0.5)) return `holt_winters(${this.matrix(depth)}, 0.3, 0.6)`;
    return `${random.pick(rangeFunctions)}(${this.matrix(depth)})`;
  }

  private instantCall(depth: number): string {
    const { random } = this;
    const input = this.vector(depth);
    switch (random.whole(0, 11)) {
      case 0:
        return `clamp(${input}, ${this.scalar(0)}, ${this.scalar(0)})`;
      case 1:
        return `${random.pick(['clamp_min', 'clamp_max'])}(${input}, ${this.scalar(0)})`;
      case 2:
        return random.isTrue(0.5) ? `round(${input})` : `round(${input}, ${this.scalar(0)})`;
      case 3:
        return `${random.pick(dateFunctions)}(${random.isTrue(0.3) ? '' : this.date()})`;
      case 4:
        return `${random.pick(['absent', 'timestamp', 'timestamp'])}(${input})`;
      case 5:
        return `${random.pick(['sort', 'sort_desc'])}(${input})`;
      case 6:
        return this.relabel(input);
      case 7:
        return `histogram_quantile(${this.scalar(0)}, ${this.buckets()})`;
      case 8:
        return `vector(${this.scalar(depth)})`;
      default:
        return `${random.pick(mathFunctions)}(${input})`;
    }
  }

  /** Of a number that is no time, Go makes what its conversion to integers leaves, and we NaN: these are all times. */
  private date(): string {
    const { random } = this;
    const finite = `${this.matchers(random.pick(['queue', 'temperature', 'sparse']))}${this.timing()}`;
    return random.pick([
      'vector(time())',
      `timestamp(${this.selector()})`,
      `${finite} * ${random.pick(['86399', '1e6', '-1e7', '1e8'])}`,
    ]);
  }

  private relabel(input: string): string {
    const { random } = this;
    const [target, source] = [random.pick([...labelNames, 'new', 'new', '__name__']), random.pick(labelNames)];
    if (random.isTrue(0.4)) return `label_join(${input}, "${target}", "-", "${source}", "${random.pick(labelNames)}")`;
    const [replacement, pattern] = random.pick([
      ['$1', '(.*)'],
      ['x-$1', '(.)(.*)'],
      ['', '.*'],
      ['fixed', '.+'],
      ['$2$1', '(.)(.)?'],
    ]);
    return `label_replace(${input}, "${target}", "${replacement}", "${source}", "${pattern}")`;
  }

  private buckets(): string {
    const { random } = this;
    const selector = this.matchers('duration_bucket');
    const rated = `rate(${selector}[${random.pick(ranges.slice(2))}])`;
    return random.pick([
      `${selector}${this.timing()}`,
      rated,
      `sum by (le) (${rated})`,
      `sum by (job, le) (${rated})`,
      this.vector(1),
    ]);
  }

  private aggregation(depth: number): string {
    const { random } = this;
    const input = this.vector(depth);
    const kind = random.whole(0, 9);
    if (kind === 0) return this.grouped(random.pick(['topk', 'bottomk']), `${this.scalar(0)}, ${input}`);
    if (kind === 1) return this.grouped('quantile', `${this.scalar(0)}, ${input}`);
    if (kind === 2) return this.grouped('count_values', `"${random.pick(['value', 'value', 'job'])}", ${input}`);
    return this.grouped(random.pick(aggregations), input);
  }

  /** The grouping before or after what is grouped, in capitals or not. */
  private grouped(aggregation: string, args: string): string {
    const grouping = this.grouping();
    const name = this.random.isTrue(0.1) ? aggregation.toUpperCase() : aggregation;
    return this.random.isTrue(0.5) ? `${name}${grouping}(${args})` : `${name}(${args})${grouping}`;
  }

  private grouping(): string {
    if (this.random.isTrue(0.25)) return '';
    return ` ${this.random.pick(['by', 'by', 'without', 'BY'])} (${this.labels().join(', ')}) `;
  }

  private labels(): string[] {
    const from = this.random.isTrue(0.6) ? targetLabels : this.random.isTrue(0.95) ? labelNames : ['__name__', 'job'];
    return from.filter(() => this.random.isTrue(0.5));
  }

  private betweenVectors(depth: number): string {
    const { random } = this;
    if (random.isTrue(0.3)) {
      const matching = random.isTrue(0.6) ? '' : ` ${random.pick(['on', 'ignoring'])} (${this.labels().join(', ')})`;
      return `${this.operand(depth)} ${random.pick(setOperators)}${matching} ${this.operand(depth)}`;
    }
    const operator = random.isTrue(0.6) ? random.pick(arithmetic) : this.comparison();
    if (random.isTrue(0.3)) return `${this.operand(depth)} ${operator} ${this.operand(depth)}`;
    if (random.isTrue(0.4)) return this.join(operator, depth);
    const matching = `${random.pick(['on', 'ignoring'])} (${this.labels().join(', ')})`;
    const group = random.isTrue(0.4)
      ? ` ${random.pick(['group_left', 'group_right'])} (${this.labels().join(', ')})`
      : '';
    return `${this.operand(depth)} ${operator} ${matching}${group} ${this.operand(depth)}`;
  }

  /** Matches that work, which random labels seldom make. */
  private join(operator: string, depth: number): string {
    const { random } = this;
    const many = random.pick(['temperature', 'queue', 'rate(restarts_total[305s])', 'requests_total']);
    const team = random.pick(['', '(team)']);
    const same = this.operand(depth);
    return random.pick([
      `${many} ${operator} on (job) group_left ${team} owner`,
      `owner ${operator} on (job) group_right ${team} ${many}`,
      `temperature ${operator} ignoring (zone) queue`,
      `sum by (job) (${same}) ${operator} on (job) sum by (job) (${this.vector(depth)})`,
      `${same} ${operator} ${same}`,
    ]);
  }

  private comparison(): string {
    return `${this.random.pick(comparisons)}${this.random.isTrue(0.4) ? ' bool' : ''}`;
  }

  private withScalar(depth: number): string {
    const operator = this.random.isTrue(0.5) ? this.random.pick(arithmetic) : this.comparison();
    const [vector, scalar] = [this.operand(depth), this.scalar(this.random.whole(0, 1))];
    return this.random.isTrue(0.5) ? `${vector} ${operator} ${scalar}` : `${scalar} ${operator} ${vector}`;
  }
}
