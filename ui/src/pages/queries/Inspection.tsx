import type { QueryAnswer, QueryStep } from '@farol/contract';
import { useFormat, useWords } from '../../i18n/language.tsx';
import type { Words } from '../../i18n/words.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Go } from '../../parts/Go.tsx';
import { questionOf } from './question.ts';

/** One question: what was asked, how long it took, and each step as a bar on the same clock with what it did. */
export function Inspection({ query }: { query: QueryAnswer }) {
  const words = useWords();
  const format = useFormat();
  const inMemory = query.steps.every(({ name }) => name === 'query.promql');
  return (
    <article className="inspection">
      <pre className="inspection-question mono">{questionOf(query)}</pre>
      <p className="inspection-facts">
        <b>{format.durationMs(query.durationMs)}</b>
        <span className="quiet">{query.name}</span>
        <span className="quiet" title={format.full(query.startMs)}>
          {format.moment(query.startMs)}
        </span>
        <span className="quiet">{words.stepsOf(query.steps.length)}</span>
        {inMemory && <span className="quiet">{words.fromMemory}</span>}
        <Go to="/traces/$id" params={{ id: query.id }} className="link">
          {words.asTrace}
        </Go>
      </p>
      {query.error && <p className="bad">✕ {query.error}</p>}
      <ol className="inspection-steps">
        {query.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place.
          <Step key={index} step={step} totalMs={Math.max(query.durationMs, 0.001)} />
        ))}
      </ol>
    </article>
  );
}

function Step({ step, totalMs }: { step: QueryStep; totalMs: number }) {
  const words = useWords();
  const format = useFormat();
  const sql = step.attributes['db.query.text'];
  const left = Math.min(100, (step.afterMs / totalMs) * 100);
  const width = Math.min(100 - left, (step.durationMs / totalMs) * 100);
  return (
    <li className="inspection-step">
      <div className="inspection-head">
        <b>{stepWord(step.name, words)}</b>
        <span className="quiet">{factsOf(step, words, format).join(' · ')}</span>
        <span className="inspection-ms num">{format.durationMs(step.durationMs)}</span>
      </div>
      <div className="inspection-track" title={words.stepAfter(format.durationMs(step.afterMs))}>
        <span style={{ left: `${left}%`, width: `max(2px, ${width}%)` }} />
      </div>
      {step.error && <p className="bad">✕ {step.error}</p>}
      {sql !== undefined && <Statement sql={String(sql)} step={step} />}
    </li>
  );
}

const parameterPrefix = 'db.query.parameter.';

function Statement({ sql, step }: { sql: string; step: QueryStep }) {
  const words = useWords();
  const parameters = Object.entries(step.attributes).filter(([name]) => name.startsWith(parameterPrefix));
  return (
    <details className="inspection-sql">
      <summary>SQL</summary>
      <div className="inspection-copy">
        <CopyButton text={sql} />
      </div>
      <pre className="mono">{undented(sql)}</pre>
      {parameters.length > 0 && (
        <>
          <h3>{words.parameters}</h3>
          <dl className="mono">
            {parameters.map(([name, value]) => (
              <div key={name}>
                <dt>{name.slice(parameterPrefix.length)}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </details>
  );
}

function stepWord(name: string, words: Words): string {
  const known: Readonly<Record<string, string>> = {
    'store.query': words.stepSql,
    'query.promql': words.stepPromql,
    'query.logql': words.stepLogql,
    'query.traceql': words.stepTraceql,
  };
  return known[name] ?? name;
}

function factsOf({ attributes }: QueryStep, words: Words, format: ReturnType<typeof useFormat>): string[] {
  const number = (name: string): number | undefined => {
    const value = attributes[name];
    return typeof value === 'number' ? value : undefined;
  };
  const facts: (string | undefined)[] = [
    said(number('farol.seriesRead'), (n) => words.seriesRead(format.count(n))),
    said(number('farol.samplesRead'), (n) => words.samplesRead(format.count(n))),
    said(number('farol.selectMs'), (ms) => words.selectTook(format.durationMs(ms))),
    said(number('farol.evalMs'), (ms) => words.evalTook(format.durationMs(ms))),
    said(number('farol.stepsReused') || undefined, (n) => words.stepsReused(format.count(n))),
    said(number('farol.linesRead'), (n) => words.linesRead(format.count(n))),
    said(number('farol.inspectedSpans'), (n) => words.spansRead(format.count(n))),
  ];
  return facts.filter((fact) => fact !== undefined);
}

function said(value: number | undefined, say: (value: number) => string): string | undefined {
  return value === undefined ? undefined : say(value);
}

/** The source's own indentation is of no use here. */
function undented(sql: string): string {
  const lines = sql.replace(/^\n/, '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(Math.min(least, line.length - line.trimStart().length))).join('\n');
}
