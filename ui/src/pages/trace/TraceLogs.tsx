import type { Log, Span, TraceAnswer } from '@farol/contract';
import { Button, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { type LogFilter, useLogs } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Attributes } from '../../parts/Attributes.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { Dot, LevelTag } from '../../parts/names.tsx';

interface TraceLogsProps {
  readonly trace: TraceAnswer;
  /** Only this span's lines. */
  readonly span?: Span;
  readonly onSpan: (spanId: string) => void;
}

/** Logs may be written a little before the first span starts, and shipped or written well after the last one ends. */
const reachMs = 300_000;

/** The lines that carry this trace's (and span's) id. */
export function logsOf(trace: TraceAnswer, span?: Span): LogFilter {
  const startMs = Number(BigInt(trace.startNs) / 1_000_000n);
  const endMs = startMs + trace.durationNs / 1e6;
  return {
    startMs: startMs - reachMs,
    endMs: Math.ceil(endMs + reachMs),
    traceId: trace.traceId,
    spanId: span?.spanId,
  };
}

/** Oldest first: the order in which it happened. */
export function TraceLogs({ trace, span, onSpan }: TraceLogsProps) {
  const words = useWords();
  const filter = logsOf(trace, span);
  const answer = useLogs(filter);
  return (
    <Faces
      of={answer}
      loading={<Skeleton height={160} mt={8} />}
      isEmpty={({ pages }) => pages.every(({ logs }) => logs.length === 0)}
      empty={
        <div className="detail-empty">
          <p>{span ? words.spanLogsNone : words.traceLogsNone}</p>
          <p className="faint">{words.logsHint}</p>
        </div>
      }
      full={({ pages }) => (
        <>
          <ul className="plain-list trace-logs">
            {pages
              .flatMap(({ logs }) => logs)
              .toReversed()
              .map((log) => (
                <li key={log.id}>
                  <Line
                    log={log}
                    startNs={BigInt(trace.startNs)}
                    spanName={span ? undefined : trace.spans.find(({ spanId }) => spanId === log.spanId)?.name}
                    onSpan={onSpan}
                  />
                </li>
              ))}
          </ul>
          {answer.hasNextPage && (
            <Button
              size="xs"
              variant="default"
              loading={answer.isFetchingNextPage}
              onClick={() => void answer.fetchNextPage()}
            >
              {words.more}
            </Button>
          )}
          <Go
            to="/logs"
            search={{
              from: String(filter.startMs),
              to: String(filter.endMs),
              service: undefined,
              trace: trace.traceId,
              span: span?.spanId,
            }}
            className="link trace-logs-more"
          >
            {words.seeInLogs}
          </Go>
        </>
      )}
    />
  );
}

interface LineProps {
  readonly log: Log;
  readonly startNs: bigint;
  readonly spanName: string | undefined;
  readonly onSpan: (spanId: string) => void;
}

function Line({ log, startNs, spanName, onSpan }: LineProps) {
  const words = useWords();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const sinceNs = Number(BigInt(log.timeNs) - startNs);
  return (
    <article className="trace-log" data-level={log.level}>
      <button type="button" className="bare trace-log-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="mono faint" title={format.full(Number(log.timeNs.slice(0, -6)))}>
          {sinceNs < 0 ? '−' : '+'}
          {format.durationNs(Math.abs(sinceNs))}
        </span>
        <LevelTag level={log.level} />
        <Dot name={log.service} />
        <span className="mono trace-log-body">{log.body || words.emptyBody}</span>
      </button>
      {spanName && (
        <button type="button" className="bare link faint trace-log-span" onClick={() => onSpan(log.spanId)}>
          {spanName}
        </button>
      )}
      {open && <Attributes of={log.attributes} searchable={false} />}
    </article>
  );
}
