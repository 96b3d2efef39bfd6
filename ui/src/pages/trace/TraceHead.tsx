import type { Component, TraceAnswer } from '@farol/contract';
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconArrowsMaximize, IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Go } from '../../parts/Go.tsx';
import { Dot } from '../../parts/names.tsx';
import { componentKey, componentWord, paintOf } from './component.ts';

interface TraceHeadProps {
  readonly trace: TraceAnswer;
  readonly lit: string | undefined;
  readonly onLit: (key: string | undefined) => void;
  readonly onClose?: () => void;
}

/** What it was, how long it took, and where the time went as one proportional bar. */
export function TraceHead({ trace, lit, onLit, onClose }: TraceHeadProps) {
  const words = useWords();
  const format = useFormat();
  const root = trace.spans[0];
  const startMs = Number(BigInt(trace.startNs) / 1_000_000n);
  const facts = useMemo(
    () => ({
      errors: trace.spans.filter(({ status }) => status === 'error').length,
      services: new Set(trace.spans.map(({ service }) => service)).size,
    }),
    [trace],
  );
  return (
    <header className="trace-head">
      <div className="trace-title">
        {root && <Dot name={root.service} />}
        <span className="quiet nowrap">{root?.service}</span>
        <h1 className="cut">{root?.name}</h1>
        <span className="trace-actions">
          <span className="mono faint trace-id">{trace.traceId}</span>
          <CopyButton text={trace.traceId} label={words.copyTraceId} />
          {onClose && (
            <>
              <Tooltip label={words.openFull} openDelay={300}>
                <Go to="/traces/$id" params={{ id: trace.traceId }} className="icon-link" aria-label={words.openFull}>
                  <IconArrowsMaximize size={15} />
                </Go>
              </Tooltip>
              <ActionIcon size="sm" variant="subtle" color="gray" aria-label={words.close} onClick={onClose}>
                <IconX size={15} />
              </ActionIcon>
            </>
          )}
        </span>
      </div>
      <div className="trace-facts">
        <b>{format.durationNs(trace.durationNs)}</b>
        <span className="quiet" title={format.full(startMs)}>
          {format.moment(startMs)}:{String(new Date(startMs).getSeconds()).padStart(2, '0')}
        </span>
        <span className="quiet">{words.spanCount(trace.spans.length, format.exact(trace.spans.length))}</span>
        <span className="quiet">{words.serviceCount(facts.services)}</span>
        {facts.errors > 0 && (
          <span className="bad">
            <span className="failing-mark inline" aria-hidden="true" /> {words.errorCount(facts.errors)}
          </span>
        )}
      </div>
      <TimeBar components={trace.components} lit={lit} onLit={onLit} />
      {trace.warnings.length > 0 && (
        <ul className="trace-warnings" aria-label={words.warnings}>
          {trace.warnings.map((warning) => (
            <li key={warning}>
              <IconAlertTriangle size={14} aria-hidden="true" /> {warning}
            </li>
          ))}
        </ul>
      )}
    </header>
  );
}

const segmentsMax = 8;
const labelShareMin = 0.09;

function TimeBar({
  components,
  lit,
  onLit,
}: { components: readonly Component[] } & Pick<TraceHeadProps, 'lit' | 'onLit'>) {
  const words = useWords();
  const format = useFormat();
  const shown = useMemo(
    () =>
      [...components]
        .filter(({ selfNs }) => selfNs > 0)
        .sort((a, b) => b.selfNs - a.selfNs)
        .slice(0, segmentsMax),
    [components],
  );
  if (shown.length === 0) return null;
  return (
    <section className="time-bar" aria-label={words.whereTimeWent}>
      <div className="time-bar-segments" aria-hidden="true">
        {shown.map((component) => {
          const key = componentKey(component);
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the legend's buttons below do the same by keyboard.
            <i
              key={key}
              style={{ flexGrow: component.share, background: paintOf(component) }}
              data-dim={(lit !== undefined && lit !== key) || undefined}
              onMouseEnter={() => onLit(key)}
              onMouseLeave={() => onLit(undefined)}
              title={`${component.name} · ${componentWord(component.kind, words)} · ${format.durationNs(component.selfNs)} · ${format.share(component.share)}`}
            >
              {component.share >= labelShareMin && <span>{format.share(component.share)}</span>}
            </i>
          );
        })}
      </div>
      <ul className="time-bar-legend">
        {shown.map((component) => {
          const key = componentKey(component);
          return (
            <li key={key} data-dim={(lit !== undefined && lit !== key) || undefined}>
              <button
                type="button"
                className="bare"
                onMouseEnter={() => onLit(key)}
                onMouseLeave={() => onLit(undefined)}
                onFocus={() => onLit(key)}
                onBlur={() => onLit(undefined)}
              >
                <i style={{ background: paintOf(component) }} />
                <b>{format.share(component.share)}</b> {component.name}{' '}
                <span className="faint">{componentWord(component.kind, words)}</span>{' '}
                <span className="quiet">{format.durationNs(component.selfNs)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
