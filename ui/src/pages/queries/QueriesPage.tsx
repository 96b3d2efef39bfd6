import type { AskedQuery, QueriesAnswer } from '@farol/contract';
import { Skeleton, Switch } from '@mantine/core';
import { useAskedQueries, useQueryInspection } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { SortHead } from '../../parts/SortHead.tsx';
import { type Measures, sortedBy } from '../../parts/sorting.ts';
import { useTitle } from '../../parts/useTitle.ts';
import { useUrl } from '../../url/useUrl.ts';
import { Inspection } from './Inspection.tsx';
import { isOwnPoll, questionOf } from './question.ts';
import './queries.css';

const everyMs = 5_000;

/** The query inspector: the last questions, and of one of them every step. */
export function QueriesPage() {
  const words = useWords();
  const [search] = useUrl();
  useTitle(words.inspector);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.inspector}</h1>
        {search.asked ? (
          <Go to="/queries" className="link">
            {words.allQueries}
          </Go>
        ) : (
          <span className="quiet">{words.queriesHint}</span>
        )}
      </header>
      {search.asked ? <One id={search.asked} /> : <Recent />}
    </div>
  );
}

function One({ id }: { id: string }) {
  const words = useWords();
  const answer = useQueryInspection(id);
  return (
    <Faces
      of={answer}
      loading={<Skeleton height={220} />}
      failure={(error) =>
        error.status === 404 ? <Empty title={words.queryGone} hint={words.queryGoneHint} /> : undefined
      }
      full={(query) => <Inspection query={query} />}
    />
  );
}

function Recent() {
  const words = useWords();
  const [search, change] = useUrl();
  const answer = useAskedQueries(everyMs);
  const own = answer.data?.queries.filter(isOwnPoll).length ?? 0;
  const isShown = (query: AskedQuery) => search.own === '1' || !isOwnPoll(query);
  return (
    <>
      {own > 0 && (
        <Switch
          size="xs"
          mb={8}
          label={words.ownPolls(own)}
          checked={search.own === '1'}
          onChange={(event) => change({ own: event.currentTarget.checked ? '1' : undefined }, { replace: true })}
        />
      )}
      <Faces
        of={answer}
        loading={<Skeleton height={320} />}
        isEmpty={({ queries }) => !queries.some(isShown)}
        empty={<Empty title={words.queriesNone} />}
        full={({ queries }) => <Table queries={queries.filter(isShown)} />}
      />
    </>
  );
}

type Listed = QueriesAnswer['queries'][number];

const home = 'asked';

const measures: Measures<Listed> = {
  asked: (query) => query.startMs,
  steps: (query) => query.stepCount,
  took: (query) => query.durationMs,
};

function Table({ queries }: QueriesAnswer) {
  const words = useWords();
  const [search] = useUrl();
  const slowestMs = Math.max(...queries.map(({ durationMs }) => durationMs));
  return (
    <div className="scroll-x">
      <table className="grid-table queries-table">
        <thead>
          <tr>
            <SortHead home={home} column="asked" word={words.askedAt} />
            <th scope="col">{words.question}</th>
            <SortHead home={home} column="steps" word={words.steps} numeric />
            <SortHead home={home} column="took" word={words.took} numeric />
          </tr>
        </thead>
        <tbody>
          {sortedBy(queries, measures, search.sort ?? home).map((query) => (
            <Row key={query.id} query={query} stepCount={query.stepCount} slowestMs={slowestMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ query, stepCount, slowestMs }: { query: AskedQuery; stepCount: number; slowestMs: number }) {
  const format = useFormat();
  return (
    <tr>
      <td title={format.full(query.startMs)}>{format.clock(query.startMs)}</td>
      <td>
        <div className="queries-question">
          <Go to="/queries" search={{ asked: query.id }} className="link">
            <span className="mono">{questionOf(query)}</span>
          </Go>
          <span className="faint">{query.name}</span>
          {query.error && <span className="bad">✕ {query.error}</span>}
        </div>
      </td>
      <td className="num">{stepCount}</td>
      <td className="num queries-took">
        <span className="queries-bar" style={{ width: `${(query.durationMs / slowestMs) * 100}%` }} />
        {format.durationMs(query.durationMs)}
      </td>
    </tr>
  );
}
