import { autocompletion, type CompletionContext } from '@codemirror/autocomplete';
import { parseQuery, TraceqlSyntaxError } from '@farol/traceql';
import { traceqlNames, traceqlValues } from '../../data/tempo.ts';
import type { QueryLanguage } from '../../parts/QueryEditor.tsx';
import { completeNames, completeWords, highlighting } from '../../parts/queryText.ts';

const functions = [
  'count',
  'avg',
  'min',
  'max',
  'sum',
  'by',
  'coalesce',
  'select',
  'rate',
  'count_over_time',
  'quantile_over_time',
  'histogram_over_time',
];
const constants = [
  'error',
  'ok',
  'unset',
  'server',
  'client',
  'producer',
  'consumer',
  'internal',
  'true',
  'false',
  'nil',
];

export const traceql: QueryLanguage = {
  extensions: () => [
    highlighting([...functions, ...constants]),
    autocompletion({ icons: false, maxRenderedOptions: 60, override: [complete] }),
  ],
  problems(text) {
    try {
      parseQuery(text);
      return [];
    } catch (problem) {
      if (!(problem instanceof TraceqlSyntaxError)) throw problem;
      return [{ start: problem.start, end: problem.end, message: problem.problem }];
    }
  },
};

/** Values after a comparison, functions after a pipe, names elsewhere. */
function complete(context: CompletionContext) {
  const value = context.matchBefore(/([\w.:/-]+)\s*(?:=~|!~|!=|>=|<=|=|>|<)\s*["\w./-]*/);
  if (value) {
    const [, name = '', typed = ''] = /^([\w.:/-]+)\s*(?:=~|!~|!=|>=|<=|=|>|<)\s*(.*)$/.exec(value.text) ?? [];
    return completeNames(context, context.pos - typed.length, {
      names: (signal) => traceqlValues(name, signal),
      type: 'constant',
    });
  }
  if (context.matchBefore(/\|\s*\w*/)) return completeWords(functions, 'function')(context);
  const word = context.matchBefore(/[\w.:/-]*/);
  if (!word || (word.text === '' && !context.explicit)) return null;
  return completeNames(context, word.from, { names: traceqlNames, type: 'variable' });
}
