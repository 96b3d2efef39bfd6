import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { LogqlSyntaxError, parseExpr } from '@farol/logql';
import { logqlLabels, logqlValues } from '../../data/loki.ts';
import type { QueryLanguage } from '../../parts/QueryEditor.tsx';
import { completeNames, completeWords, highlighting } from '../../parts/queryText.ts';

const stages = [
  'json',
  'logfmt',
  'regexp',
  'pattern',
  'unpack',
  'decolorize',
  'line_format',
  'label_format',
  'drop',
  'keep',
  'unwrap',
];
const functions = [
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'topk',
  'bottomk',
  'rate',
  'count_over_time',
  'bytes_rate',
  'bytes_over_time',
  'sum_over_time',
  'quantile_over_time',
  'absent_over_time',
];
const operators = ['by', 'without', 'on', 'ignoring', 'and', 'or', 'unless', 'bool', 'offset'];

export const logql: QueryLanguage = {
  extensions: () => [
    highlighting([...stages, ...functions, ...operators]),
    autocompletion({ icons: false, maxRenderedOptions: 60, override: [complete] }),
  ],
  problems(text) {
    try {
      parseExpr(text);
      return [];
    } catch (problem) {
      if (!(problem instanceof LogqlSyntaxError)) throw problem;
      return [{ ...(problem.span ?? { start: 0, end: text.length }), message: problem.problem }];
    }
  },
};

/** Values inside a matcher's quotes, stages after a pipe, labels inside braces, functions elsewhere. */
function complete(context: CompletionContext) {
  const value = context.matchBefore(/\w+\s*(?:=~|!~|!=|=)\s*"[^"]*/);
  if (value) {
    const [, name = '', typed = ''] = /^(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)$/.exec(value.text) ?? [];
    return completeNames(context, context.pos - typed.length, {
      names: (signal) => logqlValues(name, signal),
      type: 'constant',
    });
  }
  if (context.matchBefore(/\|\s*\w*/)) return completeWords(stages, 'keyword')(context);
  const word = context.matchBefore(/\w*/);
  if (!word) return null;
  if (context.matchBefore(/\{[^{}"]*|\{(?:[^{}"]|"[^"]*")*/)) {
    return completeNames(context, word.from, { names: logqlLabels, type: 'variable' });
  }
  if (word.text === '' && !context.explicit) return null;
  return completeWords(functions, 'function')(context);
}
