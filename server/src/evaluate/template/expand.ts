import {
  asLabels,
  asStruct,
  Execution,
  regexCache,
  type TemplateLimits,
  TemplateProblem,
  type Value,
} from '@farol/gotemplate';
import { type Labels, labelPairs, Refusal } from '#model';
import { type AlertContext, functions, NeedsAnswer } from './functions.ts';
import type { Template } from './template.ts';

/** A sample of an instant query's answer. */
export interface TemplateSample {
  readonly labels: Labels;
  readonly value: Value;
}

export interface Expanding {
  /** The labels and the value of the sample that the text is about. */
  readonly sample: TemplateSample;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  readonly timeMs: number;
  /** Answers `query`, at `timeMs`. */
  readonly ask: (query: string) => Promise<readonly TemplateSample[]>;
  readonly limits: TemplateLimits & { readonly queriesMax: number };
}

export type Expansion = { readonly text: string } | { readonly problem: string };

/** The text, or what is wrong with the template. Refusals of a question are problems of the template that asked it. */
export async function expand(template: Template, about: Expanding): Promise<Expansion> {
  if (template.kind === 'plain') return { text: template.text };
  const answers = new Map<string, Value>();
  const { limits, externalUrl, timeMs } = about;
  const ctx: AlertContext = { textMax: limits.textMax, externalUrl, timeMs, answers, regex };
  const execution = new Execution({ functions, ctx, limits });
  const data = dataOf(about);
  for (;;) {
    try {
      return { text: execution.run(template.nodes, data) };
    } catch (error) {
      if (error instanceof TemplateProblem) return { problem: error.message };
      if (!(error instanceof NeedsAnswer)) throw error;
      if (answers.size >= limits.queriesMax) {
        return {
          problem: `the template asks more than limits.rules.templateQueriesMax (${limits.queriesMax}) queries`,
        };
      }
      const answer = await answerTo(error.query, about);
      if (typeof answer === 'string') return { problem: answer };
      answers.set(error.query, answer);
    }
  }
}

const regex = regexCache();

async function answerTo(query: string, { ask }: Expanding): Promise<Value[] | string> {
  try {
    return (await ask(query)).map(sampleValue);
  } catch (error) {
    if (error instanceof Refusal) return `error calling query: ${error.message}`;
    throw error;
  }
}

function dataOf({ sample, externalLabels, externalUrl }: Expanding): Value {
  return asStruct(
    new Map<string, Value>([
      ['Labels', mapOf(sample.labels)],
      ['ExternalLabels', mapOf(externalLabels)],
      ['ExternalURL', externalUrl],
      ['Value', sample.value],
    ]),
  );
}

function sampleValue({ labels, value }: TemplateSample): Value {
  return asStruct(
    new Map<string, Value>([
      ['Labels', mapOf(labels)],
      ['Value', value],
    ]),
  );
}

function mapOf(labels: Labels): ReadonlyMap<string, string> {
  return asLabels(new Map(labelPairs(labels)));
}
