import type { Chart, Deploy, Log } from '@farol/contract';
import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { TimeChart } from '../../charts/TimeChart.tsx';
import { useLogs } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { LevelTag } from '../../parts/names.tsx';
import { Section } from '../../parts/Section.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { levelSeries } from '../logs/levelSeries.ts';
import { useDeployMarks } from './GoldenSignals.tsx';

const shownMax = 6;

export function ServiceLogs({
  service,
  chart,
  deploys,
}: {
  service: string;
  chart: Chart;
  deploys: readonly Deploy[];
}) {
  const words = useWords();
  const format = useFormat();
  const [search] = useUrl();
  const { startMs, endMs, zoomTo, zoomBack } = useRange();
  const series = useMemo(() => levelSeries(chart, words), [chart, words]);
  const errors = useLogs(
    { startMs, endMs, environment: search.env, services: [service], levels: ['error', 'fatal'] },
    { limit: shownMax },
  );
  return (
    <Section
      title={words.logsByLevel}
      aside={
        <Go to="/logs" search={{ service }} className="link">
          {words.seeLogs}
        </Go>
      }
    >
      <TimeChart
        label={words.logsByLevel}
        startMs={startMs}
        endMs={endMs}
        timesMs={chart.timesMs}
        series={series}
        unit="count"
        say={format.count}
        height={108}
        marks={useDeployMarks(deploys)}
        onZoom={zoomTo}
        onBack={zoomBack}
      />
      <h3 className="minor">{words.recentErrorLogs}</h3>
      <Faces
        of={errors}
        loading={<Skeleton height={132} />}
        isEmpty={({ pages }) => pages.every(({ logs }) => logs.length === 0)}
        empty={<p className="quiet">{words.noErrorLogs}</p>}
        full={({ pages }) => (
          <ul className="plain-list">
            {pages
              .flatMap(({ logs }) => logs)
              .slice(0, shownMax)
              .map((log) => (
                <li key={log.id}>
                  <ErrorLine log={log} service={service} />
                </li>
              ))}
          </ul>
        )}
      />
    </Section>
  );
}

function ErrorLine({ log, service }: { log: Log; service: string }) {
  const words = useWords();
  const format = useFormat();
  const timeMs = Number(log.timeNs.slice(0, -6));
  return (
    <div className="error-line">
      <span className="mono faint" title={format.full(timeMs)}>
        {format.clock(timeMs)}
      </span>
      <LevelTag level={log.level} />
      <Go to="/logs" search={{ service, level: ['error', 'fatal'] }} className="mono cut">
        {log.body || words.emptyBody}
      </Go>
      {log.traceId && (
        <Go
          to="/traces/$id"
          params={{ id: log.traceId }}
          search={{ span: log.spanId || undefined }}
          className="chip mono"
          title={words.openTrace}
        >
          {log.traceId.slice(0, 8)}
        </Go>
      )}
    </div>
  );
}
