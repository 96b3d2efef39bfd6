import type { Log } from '@farol/contract';
import { Button } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Attributes } from '../../parts/Attributes.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Go } from '../../parts/Go.tsx';
import { Dot, LevelTag } from '../../parts/names.tsx';
import { useUrl } from '../../url/useUrl.ts';
import { Context } from './Context.tsx';
import { withoutValue, withValue } from './filter.ts';
import { pieces } from './terms.ts';

interface LogLineProps {
  readonly log: Log;
  readonly open: boolean;
  readonly terms: readonly string[];
  readonly onToggle: () => void;
}

export const LogLine = memo(function LogLine({ log, open, terms, onToggle }: LogLineProps) {
  const words = useWords();
  const format = useFormat();
  const [search] = useUrl();
  const timeMs = Number(log.timeNs.slice(0, -6));
  return (
    <article
      className="log"
      data-level={log.level}
      data-open={open || undefined}
      data-beside={(log.traceId !== '' && search.beside === log.traceId) || undefined}
    >
      <div className="log-row">
        <button type="button" className="bare log-line" aria-expanded={open} onClick={onToggle}>
          <span className="mono log-time" title={format.full(timeMs)}>
            {format.clockMs(timeMs)}
          </span>
          <LevelTag level={log.level} />
          <span className="log-service">
            <Dot name={log.service} />
            <span className="cut">{log.service}</span>
          </span>
          <span className="mono log-body">
            {log.body === '' ? (
              <span className="faint">{words.emptyBody}</span>
            ) : (
              <Marked line={open ? log.body : firstLine(log.body)} terms={terms} />
            )}
          </span>
        </button>
        {log.traceId && <TraceChip log={log} />}
      </div>
      {open && <Fields log={log} />}
    </article>
  );
});

const bodyCharsShown = 600;

function firstLine(body: string): string {
  const end = body.indexOf('\n');
  return (end < 0 ? body : body.slice(0, end)).slice(0, bodyCharsShown);
}

function Marked({ line, terms }: { line: string; terms: readonly string[] }) {
  if (terms.length === 0) return line;
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line have no identity but their place.
  return pieces(line, terms).map(({ text, marked }, i) => (marked ? <mark key={i}>{text}</mark> : text));
}

/** Opens the trace beside the logs, at the span that wrote the line. */
function TraceChip({ log }: { log: Log }) {
  const words = useWords();
  const [search] = useUrl();
  return (
    <Go
      to="/logs"
      search={{ ...search, beside: log.traceId, span: log.spanId || undefined, tab: undefined }}
      className="chip mono log-chip"
      title={`${words.traceBeside}: ${log.traceId}`}
    >
      <IconActivity size={11} aria-hidden="true" />
      {log.traceId.slice(0, 8)}
    </Go>
  );
}

function Fields({ log }: { log: Log }) {
  const words = useWords();
  const format = useFormat();
  const [search, change] = useUrl();
  const [context, setContext] = useState(false);
  const timeMs = Number(log.timeNs.slice(0, -6));
  return (
    <div className="log-fields">
      <div className="log-fields-head">
        <span className="quiet">{format.full(timeMs)}</span>
        <CopyButton text={log.body} />
        <Button
          size="compact-xs"
          variant="default"
          title={words.contextHint}
          aria-expanded={context}
          onClick={() => setContext(!context)}
        >
          {words.context}
        </Button>
        {log.traceId && (
          <Go to="/traces/$id" params={{ id: log.traceId }} search={{ span: log.spanId || undefined }} className="link">
            {words.openTrace}
          </Go>
        )}
      </div>
      {context && <Context of={log} />}
      <Attributes
        of={[...identity(log), ...log.attributes]}
        onFilterIn={({ key, value }) =>
          change(key === 'span_id' && !search.q ? { trace: log.traceId, span: value } : withValue(search, key, value))
        }
        onFilterOut={({ key, value }) => change(withoutValue(search, key, value))}
      />
      {log.resource.length > 0 && (
        <details className="log-resource">
          <summary className="quiet">{words.resource}</summary>
          <Attributes
            of={log.resource}
            onFilterIn={({ key, value }) => change(withValue(search, key, value))}
            onFilterOut={({ key, value }) => change(withoutValue(search, key, value))}
          />
        </details>
      )}
    </div>
  );
}

function identity(log: Log): Log['attributes'] {
  return [
    ...(log.traceId ? [{ key: 'trace_id', value: log.traceId, type: 'string' as const }] : []),
    ...(log.spanId ? [{ key: 'span_id', value: log.spanId, type: 'string' as const }] : []),
  ];
}
