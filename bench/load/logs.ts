/**
 * OTLP logs: a thousand lines a request from four services, of a dozen shapes with ids and numbers that differ, most
 * with a trace. Not compressed. Now and then a line holds a word that occurs nowhere else: the needle.
 */
import { chanceFrom } from './chance.ts';
import { attributes, otlpHeaders, resource, scope } from './otlp.ts';
import type { Body, Source } from './source.ts';
import { writeTimeNs, writeTraceId } from './spans.ts';
import { type Template, TemplateWriter, varint } from './template.ts';

const linesPerRequest = 1_000;
const services = ['gateway', 'appointments', 'notifications', 'billing'];

/** `#` is a digit that differs from line to line. */
const shapes = [
  'GET /appointments/####### 200 in ##.# ms',
  'GET /appointments?day=2026-11-##&doctor=## 200 in ###.# ms for tenant ####',
  'POST /appointments 201 in ###.# ms, appointment ######## of patient #####',
  'appointment ######## booked with doctor ## for patient #####',
  'patient ##### notified by SMS, message sms-##########, carrier answered in ### ms',
  'cache miss for key doctor:##:day:## after ### hits',
  'query took ###.# ms: SELECT "id", "doctor_id", "starts_at" FROM "appointments" WHERE "doctor_id" = ## LIMIT ##',
  'retrying delivery ########## to queue reminders, attempt #, next in #### ms',
  'user ##### signed in from 10.#.#.## with session ################',
  'connection ##### to db returned to the pool, # idle, ## used, # waiting',
  'invoice INV-######## issued for patient #####: #### BRL due in ## days',
  'SMS gateway refused message sms-##########: 500 CARRIER_UNAVAILABLE, correlation ################',
  'level=info msg=request route=/pay status=#0# took=##.#ms tenant=####',
  '{"msg":"payment taken","route":"/pay","status":#0#,"amount":####,"tenant":"t-####"}',
];
const severities = [9, 9, 9, 9, 9, 5, 13, 13, 9, 5, 9, 17, 9, 9];
const severityNames: Readonly<Record<number, string>> = { 5: 'DEBUG', 9: 'INFO', 13: 'WARN', 17: 'ERROR' };
const needleBytes = 12;

export interface LogsPlan {
  readonly lanes: number;
  readonly seed: number;
  /** One line of so many holds the needle; 0 for none. */
  readonly needleEvery: number;
  readonly needle: string;
  /** Takes turns with the needle. Each has twelve letters. */
  readonly phrase?: string;
  /** Times are spread over this long before now. */
  readonly spreadMs: number;
  /** In the order of their times, as in life, when it is said how many lines there will be; else in no order. */
  readonly lines?: number;
}

export function logsSource(plan: LogsPlan): Source {
  const { template, digits } = templateOf(chanceFrom(plan.seed));
  let sent = 0;
  let needles = 0;
  const beganMs = Date.now();
  const startOf = (chance: () => number): number =>
    plan.lines ? beganMs - plan.spreadMs * (1 - sent / plan.lines) : Date.now() - chance() * plan.spreadMs;
  const needleOf = (): string => (plan.phrase && needles++ % 2 ? plan.phrase : plan.needle);
  return {
    path: '/v1/logs',
    headers: otlpHeaders,
    lanes: Array.from({ length: plan.lanes }, (_, lane) => {
      const chance = chanceFrom(plan.seed * 1000 + lane);
      let line = 0;
      return (): Body => {
        const bytes = Buffer.from(template.bytes);
        const startMs = startOf(chance);
        let hole = 0;
        const take = () => template.holes[hole++]?.at ?? 0;
        for (let n = 0; n < linesPerRequest; n++) {
          const at = take();
          writeTimeNs(bytes, at, startMs + n * 0.3);
          writeTimeNs(bytes, take(), startMs + n * 0.3);
          sent++;
          const isNeedle = plan.needleEvery > 0 && sent % plan.needleEvery === 0;
          bytes.write(isNeedle ? needleOf() : noise(chance), take(), needleBytes, 'latin1');
          for (let left = digits[n] ?? 0; left > 0; left--) bytes[take()] = 48 + Math.floor(chance() * 10);
          writeTraceId(bytes, take(), lane, line++);
          bytes.writeUInt32BE(line, take() + 4);
        }
        return { bytes, items: linesPerRequest };
      };
    }),
  };
}

/** A request id of twelve letters: the needle is one that everybody knows. */
function noise(chance: () => number): string {
  let word = '';
  for (let n = 0; n < needleBytes; n++) word += String.fromCharCode(97 + Math.floor(chance() * 26));
  return word;
}

/** The trace of the n-th line of a lane, for who asks for it afterwards. */
export function lineTraceIdOf(lane: number, line: number): string {
  const id = Buffer.alloc(16);
  writeTraceId(id, 0, lane, line);
  return id.toString('hex');
}

function templateOf(chance: () => number): { template: Template; digits: number[] } {
  const digits: number[] = [];
  const writer = new TemplateWriter();
  const perService = linesPerRequest / services.length;
  for (const service of services) {
    writer.message(1, (resourceLogs) => {
      resource(resourceLogs, service);
      resourceLogs.message(2, (scopeLogs) => {
        scope(scopeLogs, 'pino');
        for (let n = 0; n < perService; n++) {
          const shape = Math.floor(chance() * shapes.length);
          scopeLogs.message(2, (one) => digits.push(lineOf(one, shape)));
        }
      });
    });
  }
  return { template: writer.finish(), digits };
}

/** Returns how many digits it has to fill. */
function lineOf(one: TemplateWriter, shape: number): number {
  const severity = severities[shape] ?? 9;
  const text = shapes[shape] ?? '';
  one.tag(1, 1).hole(8).tag(11, 1).hole(8);
  one.integer(2, severity).text(3, severityNames[severity] ?? 'INFO');
  let digits = 0;
  // The request id stands before the text, or is the first key of a line that is JSON.
  const [before, after, rest] = text.startsWith('{') ? ['{"rid":"', '",', text.slice(1)] : ['rid=', ' ', text];
  one.message(5, (any) => {
    any.tag(1, 2).raw(varint(before.length + needleBytes + after.length + rest.length));
    any.raw(Buffer.from(before)).hole(needleBytes).raw(Buffer.from(after));
    for (const letter of rest) {
      if (letter !== '#') any.raw(Buffer.from(letter));
      else {
        any.hole(1);
        digits++;
      }
    }
  });
  attributes(one, 6, { 'logger.name': 'http', 'thread.id': 1, 'code.function.name': 'handle' });
  one
    .tag(9, 2)
    .raw(Buffer.from([16]))
    .hole(16);
  one
    .tag(10, 2)
    .raw(Buffer.from([8]))
    .hole(8);
  return digits;
}
