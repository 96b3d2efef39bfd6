/** Questions that are one GET each: how long the first takes, how long the others, and what they find. */
import { getOk, median } from './http.ts';
import { milliseconds, type Table } from './report.ts';

export interface Question {
  readonly name: string;
  readonly path: string;
  /** Which goal it counts for, by the goal's name. */
  readonly goal?: string;
}

export interface Answered extends Question {
  readonly firstMs: number;
  readonly medianMs: number;
  /** In words. */
  readonly found: string;
}

/** A slow question is not asked again once it has taken so long in all. */
const questionMsMax = 20_000;

/** A question that is refused is said to be, in the refusal's words, and counts as never answered. */
export async function answered(
  url: string,
  questions: readonly Question[],
  { repeats, found }: { repeats: number; found: (body: Buffer) => string },
): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const question of questions) {
    try {
      const { ms: firstMs, body } = await getOk(`${url}${question.path}`);
      const times: number[] = [];
      const beganMs = performance.now();
      while (times.length === 0 || (times.length < repeats && performance.now() - beganMs < questionMsMax)) {
        times.push((await getOk(`${url}${question.path}`)).ms);
      }
      answers.push({ ...question, firstMs, medianMs: median(times), found: found(body) });
    } catch (error) {
      const never = Number.POSITIVE_INFINITY;
      answers.push({ ...question, firstMs: never, medianMs: never, found: refusalOf(error as Error) });
    }
  }
  return answers;
}

/** Of the message, what the server said. */
function refusalOf({ message }: Error): string {
  return message
    .replace(/^\S+ answered/, 'refused:')
    .replaceAll(/[|\s]+/g, ' ')
    .slice(0, 160);
}

export function answersTable(answers: readonly Answered[], repeats: number): Table {
  return {
    head: ['question', 'first time', `median of ${repeats}`, 'found'],
    rows: answers.map(({ name, firstMs, medianMs, found }) => [
      name,
      milliseconds(firstMs),
      milliseconds(medianMs),
      found,
    ]),
  };
}

/** The slowest median among the questions that count for a goal, and which it was. */
export function slowestOf(answers: readonly Answered[], goal: string): Answered | undefined {
  return answers.filter((one) => one.goal === goal).sort((a, b) => b.medianMs - a.medianMs)[0];
}
