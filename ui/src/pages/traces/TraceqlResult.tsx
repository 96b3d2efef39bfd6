import { Button, Skeleton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useAskAgain } from '../../data/queries.ts';
import { useTraceql } from '../../data/tempo.ts';
import { useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { QueryEditor } from '../../parts/QueryEditor.tsx';
import { refusalIn } from '../../parts/refusalIn.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { Scatter } from './Scatter.tsx';
import { TraceList } from './TraceList.tsx';
import { TraceqlSeries } from './TraceqlSeries.tsx';
import { isComputing } from './traceqlKind.ts';
import { traceql } from './traceqlLanguage.ts';

const shownMax = 200;

const example = '{ resource.service.name = "…" && status = error }';

/** Asked in TraceQL: the editor, and its answer as traces or as a chart, whichever it is. */
export function TraceqlResult({ query }: { query: string }) {
  const words = useWords();
  const [, change] = useUrl();
  const askAgain = useAskAgain();
  const [draft, setDraft] = useState(query);
  useEffect(() => setDraft(query), [query]);
  const run = (text: string) => (text === query ? askAgain() : change({ q: [text] }));
  return (
    <>
      <div className="query-run">
        <QueryEditor language={traceql} value={draft} label="TraceQL" hint={example} onChange={setDraft} onRun={run} />
        <Button size="xs" onClick={() => run(draft)}>
          {words.run}
        </Button>
      </div>
      {query.trim() === '' ? (
        <Empty title={words.traceqlEmpty} hint={words.traceqlEmptyHint} />
      ) : isComputing(query) ? (
        <TraceqlSeries query={query} />
      ) : (
        <FoundTraces query={query} />
      )}
    </>
  );
}

function FoundTraces({ query }: { query: string }) {
  const words = useWords();
  const { startMs, endMs } = useRange();
  const answer = useTraceql(query, { startMs, endMs }, shownMax);
  return (
    <Faces
      of={answer}
      loading={<Skeleton height={320} />}
      failure={refusalIn}
      isEmpty={({ traces }) => traces.length === 0}
      empty={<Empty title={words.tracesNone} hint={words.traceqlNoneHint} />}
      full={(data) => (
        <>
          {data.partial && <p className="notice">{data.partial}</p>}
          <p className="series-count quiet">
            {words.tracesFound(data.traces.length, data.truncated ? 'recent' : undefined)} <Inspect id={data.askedId} />
          </p>
          <Scatter {...data} />
          <TraceList traces={data.traces} />
        </>
      )}
    />
  );
}
