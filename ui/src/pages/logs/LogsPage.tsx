import type { Log } from '@farol/contract';
import { Button, Drawer, SegmentedControl, Skeleton, Switch } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useLogHistogram, useLogs } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { Inspect } from '../../parts/Inspect.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useTicker } from '../../url/Clock.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { TraceById } from '../trace/TracePage.tsx';
import { Facets } from './Facets.tsx';
import { filterFrom } from './filter.ts';
import { LogLines } from './LogLines.tsx';
import { LogqlResult } from './LogqlResult.tsx';
import { levelSeries } from './levelSeries.ts';
import { logqlFrom } from './logqlFrom.ts';
import { QueryLine } from './QueryLine.tsx';
import './logs.css';

const bucketCount = 80;
const liveEveryMs = 4_000;

/** Logs: by words and filters, or in LogQL; a trace opens beside the lines, not instead of them. */
export function LogsPage() {
  const words = useWords();
  const [search, change] = useUrl();
  const narrow = useMediaQuery('(max-width: 900px)', window.innerWidth <= 900, { getInitialValueInEffect: false });
  useTitle(words.logs);
  const query = search.q?.[0];
  const mode = (
    <SegmentedControl
      size="xs"
      className="logs-mode"
      aria-label={words.askBy}
      value={query === undefined ? 'words' : 'logql'}
      onChange={(value) => change({ q: value === 'logql' ? [logqlFrom(search)] : undefined })}
      data={[
        { value: 'words', label: words.byWords },
        { value: 'logql', label: 'LogQL' },
      ]}
    />
  );
  const beside = search.beside && (
    <TraceById
      traceId={search.beside}
      span={search.span}
      tab={search.tab}
      onSpan={(span) => change({ span }, { replace: true })}
      onTab={(tab) => change({ tab }, { replace: true })}
      onClose={() => change({ beside: undefined, tab: undefined, span: search.trace ? search.span : undefined })}
    />
  );
  return (
    <div className="logs-page">
      <div className="logs-main">
        {query === undefined ? <WordResult mode={mode} narrow={narrow} /> : <LogqlResult query={query} mode={mode} />}
      </div>
      {beside && !narrow && <aside className="logs-beside">{beside}</aside>}
      {narrow && (
        <Drawer
          opened={search.beside !== undefined}
          onClose={() => change({ beside: undefined, tab: undefined })}
          position="bottom"
          size="92%"
          withCloseButton={false}
          padding={0}
          aria-label={words.trace}
        >
          <div className="logs-beside-drawer">{beside}</div>
        </Drawer>
      )}
    </div>
  );
}

/** What was asked, when it happened by level, the commonest values, the lines. */
function WordResult({ mode, narrow }: { mode: ReactNode; narrow: boolean }) {
  const words = useWords();
  const [search, change] = useUrl();
  const range = useRange();
  const [facetsOpen, setFacetsOpen] = useState(false);
  const { startMs, endMs } = range;
  const filter = useMemo(() => filterFrom(search, { startMs, endMs }), [search, startMs, endMs]);
  const answer = useLogs(filter);
  useTicker(search.live && range.live ? liveEveryMs : undefined);
  return (
    <>
      <div className="logs-head">
        <div className="logs-bar">
          <h1 className="hidden-word">{words.logs}</h1>
          <QueryLine />
          {mode}
          {narrow && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconFilter size={14} />}
              onClick={() => setFacetsOpen(true)}
            >
              {words.facets}
            </Button>
          )}
          {range.live && (
            <Switch
              size="xs"
              label={words.live}
              title={words.liveHint}
              checked={search.live === '1'}
              onChange={(event) => change({ live: event.currentTarget.checked ? '1' : undefined }, { replace: true })}
            />
          )}
        </div>
        <Histogram filter={filter} askedId={answer.data?.pages.at(-1)?.askedId} />
      </div>
      <div className="logs-body">
        {!narrow && search.beside === undefined && (
          <aside className="logs-facets">
            <Facets filter={filter} />
          </aside>
        )}
        <Faces
          of={answer}
          loading={<Waiting />}
          isEmpty={({ pages }) => pages.every(({ logs }) => logs.length === 0)}
          empty={<NoLines />}
          full={({ pages }) => (
            <LogLines
              logs={pages.flatMap(({ logs }): readonly Log[] => logs)}
              more={answer.hasNextPage}
              fetching={answer.isFetchingNextPage}
              onMore={() => void answer.fetchNextPage()}
            />
          )}
        />
      </div>
      <Drawer
        opened={narrow && facetsOpen}
        onClose={() => setFacetsOpen(false)}
        position="left"
        size={280}
        title={words.facets}
        closeButtonProps={{ 'aria-label': words.close }}
      >
        <Facets filter={filter} />
      </Drawer>
    </>
  );
}

function Histogram({ filter, askedId }: { filter: ReturnType<typeof filterFrom>; askedId: string | undefined }) {
  const words = useWords();
  const format = useFormat();
  const { startMs, endMs, zoomTo, zoomBack } = useRange();
  const answer = useLogHistogram(filter, bucketCount);
  const series = useMemo(() => (answer.data ? levelSeries(answer.data.chart, words) : []), [answer.data, words]);
  return (
    <Faces
      of={answer}
      loading={<Skeleton height={92} />}
      full={({ chart, total }) => (
        <div className="logs-histogram">
          <TimeChart
            label={words.linesOverTime}
            startMs={startMs}
            endMs={endMs}
            timesMs={chart.timesMs}
            series={series}
            unit="count"
            say={format.count}
            height={92}
            onZoom={zoomTo}
            onBack={zoomBack}
            empty=" "
          />
          <span className="logs-total quiet">
            {words.linesFound(total, format.exact(total))} <Inspect id={askedId} />
          </span>
        </div>
      )}
    />
  );
}

function NoLines() {
  const words = useWords();
  const [search, change] = useUrl();
  const filtered = search.text ?? search.service ?? search.trace ?? search.level?.[0] ?? search.attr?.[0];
  return (
    <Empty title={words.logsNone} hint={words.logsNoneHint}>
      {filtered !== undefined && (
        <Button
          size="xs"
          variant="default"
          onClick={() =>
            change({
              text: undefined,
              service: undefined,
              level: undefined,
              attr: undefined,
              trace: undefined,
              span: undefined,
              env: undefined,
            })
          }
        >
          {words.removeFilters}
        </Button>
      )}
      <Go to="/welcome" className="link">
        {words.sendData}
      </Go>
    </Empty>
  );
}

function Waiting() {
  return (
    <div className="logs-waiting">
      {Array.from({ length: 18 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: skeleton rows have no identity.
        <Skeleton key={row} height={18} mb={8} width={`${96 - ((row * 37) % 40)}%`} />
      ))}
    </div>
  );
}
