import type { TraceSummary } from '@farol/contract';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Go } from '../../parts/Go.tsx';
import { Dot } from '../../parts/names.tsx';
import { useNow } from '../../url/Clock.tsx';

const servicesShown = 4;

export function TraceList({ traces }: { traces: readonly TraceSummary[] }) {
  const longestMs = traces.reduce((max, { durationMs }) => Math.max(max, durationMs), 0);
  return (
    <ul className="plain-list trace-list">
      {traces.map((trace) => (
        <li key={trace.traceId}>
          <Row trace={trace} longestMs={longestMs} />
        </li>
      ))}
    </ul>
  );
}

function Row({ trace, longestMs }: { trace: TraceSummary; longestMs: number }) {
  const words = useWords();
  const format = useFormat();
  const nowMs = useNow();
  const failed = trace.errors > 0;
  return (
    <Go to="/traces/$id" params={{ id: trace.traceId }} className="trace-row">
      <span className="trace-row-when" title={format.full(trace.startMs)}>
        {format.clock(trace.startMs)} <span className="faint">{format.ago(trace.startMs, nowMs)}</span>
      </span>
      <span className="trace-row-what">
        <Dot name={trace.rootService} />
        <span className="quiet cut trace-row-service">{trace.rootService}</span>
        <b className="cut">{trace.rootName}</b>
        {failed && (
          <span className="trace-row-error cut" title={trace.error}>
            <span className="failing-mark" aria-hidden="true" />
            <span className="cut">{trace.error ?? words.errorCount(trace.errors)}</span>
          </span>
        )}
      </span>
      <span className="trace-row-services">
        {trace.services.slice(0, servicesShown).map(({ name, spans }) => (
          <span key={name} className="nowrap" title={`${name}: ${words.spanCount(spans)}`}>
            <Dot name={name} /> <span className="faint">{format.count(spans)}</span>
          </span>
        ))}
        {trace.services.length > servicesShown && (
          <span className="faint">+{trace.services.length - servicesShown}</span>
        )}
      </span>
      <span className="trace-row-duration">
        <span className="trace-row-bar">
          <i
            style={{ width: `${Math.max(1, (trace.durationMs / longestMs) * 100)}%` }}
            data-failed={failed || undefined}
          />
        </span>
        <span className="num">{format.durationMs(trace.durationMs)}</span>
      </span>
    </Go>
  );
}
