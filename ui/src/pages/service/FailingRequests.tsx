import type { TraceSummary } from '@farol/contract';
import { Skeleton } from '@mantine/core';
import { useTraces } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { Section } from '../../parts/Section.tsx';
import { useNow } from '../../url/Clock.tsx';
import { useRange, useUrl } from '../../url/useUrl.ts';

const shownMax = 8;

/** The hop from a metric to its cause: trace ids of requests that failed in this window. */
export function FailingRequests({ service }: { service: string }) {
  const words = useWords();
  const [search] = useUrl();
  const { startMs, endMs } = useRange();
  const answer = useTraces({ startMs, endMs, environment: search.env, service, status: 'error', limit: shownMax });
  return (
    <Section
      title={words.failingRequests}
      hint={words.failingRequestsHint}
      className="failing-requests"
      aside={
        <Go to="/traces" search={{ service, status: 'error' }} className="link">
          {words.allFailing}
        </Go>
      }
    >
      <Faces
        of={answer}
        loading={[0, 1, 2, 3].map((row) => <Skeleton key={row} height={44} mb={4} />)}
        isEmpty={({ traces }) => traces.length === 0}
        empty={<p className="quiet">{words.failingNone}</p>}
        full={({ traces }) => (
          <ul className="plain-list">
            {traces.map((trace) => (
              <li key={trace.traceId}>
                <Failing trace={trace} />
              </li>
            ))}
          </ul>
        )}
      />
    </Section>
  );
}

function Failing({ trace }: { trace: TraceSummary }) {
  const format = useFormat();
  const words = useWords();
  const nowMs = useNow();
  return (
    <Go
      to="/traces/$id"
      params={{ id: trace.traceId }}
      className="failing-row"
      title={`${words.openTrace} ${trace.traceId}`}
    >
      <span className="failing-mark" aria-hidden="true" />
      <span className="failing-what">
        <b className="cut">{trace.rootName}</b>
        <span className="failing-why cut">{trace.error ?? words.errorCount(trace.errors)}</span>
      </span>
      <span className="failing-when">
        <span>{format.durationMs(trace.durationMs)}</span>
        <span className="faint" title={format.full(trace.startMs)}>
          {format.ago(trace.startMs, nowMs)}
        </span>
      </span>
      <span className="mono faint failing-id">{trace.traceId.slice(0, 8)}</span>
    </Go>
  );
}
