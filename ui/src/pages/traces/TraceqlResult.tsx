import { Button, Skeleton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTraceql } from '../../data/tempo.ts';
import { useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { QueryEditor } from '../../parts/QueryEditor.tsx';
import { refusalIn } from '../../parts/refusalIn.tsx';
import { useClock } from '../../url/Clock.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { Scatter } from './Scatter.tsx';
import { TraceList } from './TraceList.tsx';
import { traceql } from './traceqlLanguage.ts';

const shownMax = 200;

const example = '{ resource.service.name = "…" && status = error }';

/** Traces asked for in TraceQL: the editor, what it found as points, and as rows. */
export function TraceqlResult({ query }: { query: string }) {
  const words = useWords();
  const [, change] = useUrl();
  const { refresh } = useClock();
  const { startMs, endMs } = useRange();
  const [draft, setDraft] = useState(query);
  useEffect(() => setDraft(query), [query]);
  const answer = useTraceql(query, { startMs, endMs }, shownMax);
  const run = (text: string) => (text === query ? refresh() : change({ q: [text] }));
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
      ) : (
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
                {words.tracesFound(data.traces.length, data.truncated)} <Inspect id={data.askedId} />
              </p>
              <Scatter traces={data.traces} />
              <TraceList traces={data.traces} />
            </>
          )}
        />
      )}
    </>
  );
}
