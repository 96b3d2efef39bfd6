import { Button, Skeleton } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { SeriesGraph } from '../../charts/SeriesGraph.tsx';
import { useLogql } from '../../data/loki.ts';
import { useAskAgain } from '../../data/queries.ts';
import { useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { QueryEditor } from '../../parts/QueryEditor.tsx';
import { refusalIn } from '../../parts/refusalIn.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { alignedTo, stepMsFor } from '../metrics/step.ts';
import { LogLines } from './LogLines.tsx';
import { colorOfLevel } from './levelSeries.ts';
import { logql } from './logqlLanguage.ts';
import { Volume } from './Volume.tsx';

const linesMax = 1_000;

const example = '{service_name="…"} |= "timeout"';

/** LogQL: the editor, and its answer as lines or as a chart, whichever it is. */
export function LogqlResult({ query, mode }: { query: string; mode: ReactNode }) {
  const words = useWords();
  const [search, change] = useUrl();
  const askAgain = useAskAgain();
  const range = useRange();
  const [draft, setDraft] = useState(query);
  useEffect(() => setDraft(query), [query]);
  const stepMs = stepMsFor(range, search.step);
  const grid = { ...alignedTo(range, stepMs), stepMs };
  // A chart's points stand on the grid; lines are wanted up to the very end of the range.
  const answer = useLogql(query, { ...grid, endMs: Math.max(grid.endMs, range.endMs) }, linesMax);
  const run = (text: string) => (text === query ? askAgain() : change({ q: [text] }));
  return (
    <>
      <div className="logs-head">
        <div className="logs-bar">
          <h1 className="hidden-word">{words.logs}</h1>
          <QueryEditor language={logql} value={draft} label="LogQL" hint={example} onChange={setDraft} onRun={run} />
          <Button size="xs" onClick={() => run(draft)}>
            {words.run}
          </Button>
          {mode}
        </div>
        <Volume query={query} />
      </div>
      <div className="logs-body">
        {query.trim() === '' ? (
          <Empty title={words.logqlEmpty} hint={words.logqlEmptyHint} />
        ) : (
          <Faces
            of={answer}
            loading={<Skeleton height={320} />}
            failure={(error) => {
              const refused = refusalIn(error);
              return refused && <div className="logql-series">{refused}</div>;
            }}
            isEmpty={(data) => (data.kind === 'lines' ? data.logs : data.series).length === 0}
            empty={<Empty title={words.logsNone} hint={words.logsNoneHint} />}
            full={(data) =>
              data.kind === 'lines' ? (
                <div className="logql-lines">
                  <p className="series-count quiet">
                    {data.truncated ? words.newestLines(data.logs.length) : words.linesFound(data.logs.length)}{' '}
                    <Inspect id={data.askedId} />
                  </p>
                  <LogLines logs={data.logs} more={false} fetching={false} onMore={noMore} />
                </div>
              ) : (
                <div className="logql-series">
                  <SeriesGraph
                    label={query}
                    lines={data.series.map((series) => ({ series }))}
                    range={grid}
                    unit="plain"
                    colorOf={colorOfLevel}
                    aside={<Inspect id={data.askedId} />}
                  />
                </div>
              )
            }
          />
        )}
      </div>
    </>
  );
}

const noMore = () => undefined;
