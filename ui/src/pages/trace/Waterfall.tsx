import type { TraceAnswer } from '@farol/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { linearScale } from '../../charts/scale.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Minimap, type Window } from './Minimap.tsx';
import { SpanRow } from './SpanRow.tsx';
import { descendantCounts, matchesOf, parentRow, revealing, visibleRows } from './tree.ts';
import { WaterfallTools } from './WaterfallTools.tsx';
import './waterfall.css';

interface WaterfallProps {
  readonly trace: TraceAnswer;
  readonly selectedId: string | undefined;
  readonly lit: string | undefined;
  readonly onSelect: (spanId: string) => void;
}

const rowPixels = 26;
const overscanRows = 8;

/** The waterfall. Only the rows in view exist, so ten thousand spans scroll as ten do. */
export function Waterfall({ trace, selectedId, lit, onSelect }: WaterfallProps) {
  const words = useWords();
  const { spans } = trace;
  const scroller = useRef<HTMLDivElement>(null);
  const finder = useRef<HTMLInputElement>(null);
  const counts = useMemo(() => descendantCounts(spans), [spans]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(() => new Set());
  const [sought, setSought] = useState('');
  const [window_, setWindow] = useState<Window>({ fromNs: 0, toNs: trace.durationNs });
  const deferred = useDeferredValue(sought);
  const rows = useMemo(() => visibleRows(spans, counts, folded), [spans, counts, folded]);
  const matches = useMemo(() => matchesOf(spans, deferred), [spans, deferred]);
  const matching = useMemo(() => new Set(matches), [matches]);
  const at = useMemo(() => rows.findIndex(({ span }) => span.spanId === selectedId), [rows, selectedId]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPixels,
    overscan: overscanRows,
  });

  const select = useCallback(
    (spanId: string | undefined) => {
      if (spanId === undefined) return;
      setFolded((before) => revealing(spans, before, spanId));
      onSelect(spanId);
    },
    [spans, onSelect],
  );
  const fold = useCallback((spanId: string) => setFolded((before) => toggled(before, spanId)), []);
  const toMatch = (step: 1 | -1) => {
    const here = spans.findIndex(({ spanId }) => spanId === selectedId);
    const next =
      step === 1
        ? (matches.find((index) => index > here) ?? matches[0])
        : (matches.findLast((index) => index < here) ?? matches.at(-1));
    if (next !== undefined) select(spans[next]?.spanId);
  };

  // The selected span is always in view: on opening (the failing one), by key, by search, from a log line.
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);
  useKeys({
    next: () => select(rows[Math.min(at + 1, rows.length - 1)]?.span.spanId),
    previous: () => select(rows[Math.max(at - 1, 0)]?.span.spanId),
    left: () => {
      const row = rows[at];
      if (row && row.below > 0 && !row.folded) fold(row.span.spanId);
      else select(rows[parentRow(rows, at)]?.span.spanId);
    },
    right: () => {
      const row = rows[at];
      if (row?.folded) fold(row.span.spanId);
      else if (row && row.below > 0) select(rows[at + 1]?.span.spanId);
    },
    find: () => finder.current?.focus(),
    match: toMatch,
  });

  return (
    <section className="waterfall" aria-label={words.waterfall}>
      <WaterfallTools
        finder={finder}
        sought={sought}
        onSought={setSought}
        onStep={toMatch}
        matchAt={matches.indexOf(spans.findIndex(({ spanId }) => spanId === selectedId)) + 1}
        matchCount={matches.length}
        failing={trace.failingSpanId === undefined ? undefined : () => select(trace.failingSpanId)}
        onFoldAll={() =>
          setFolded(
            new Set(
              spans.filter((_, i) => (counts[i] ?? 0) > 0 && (spans[i]?.depth ?? 0) > 0).map(({ spanId }) => spanId),
            ),
          )
        }
        onUnfoldAll={() => setFolded(new Set())}
      />
      <Minimap
        rows={rows}
        durationNs={trace.durationNs}
        window={window_}
        onWindow={setWindow}
        onRow={(row) => virtual.scrollToIndex(row, { align: 'center' })}
        view={{
          from: (virtual.scrollOffset ?? 0) / Math.max(1, virtual.getTotalSize()),
          share: (scroller.current?.clientHeight ?? 0) / Math.max(1, virtual.getTotalSize()),
        }}
      />
      <Ruler window={window_} />
      <div
        className="waterfall-rows"
        ref={scroller}
        role="tree"
        aria-label={words.waterfall}
        tabIndex={0}
        aria-activedescendant={selectedId && `span-${selectedId}`}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <SpanRow
                  key={row.span.spanId}
                  row={row}
                  top={start}
                  parentService={index === 0 ? '' : (rows[parentRow(rows, index)]?.span.service ?? '')}
                  window={window_}
                  selected={row.span.spanId === selectedId}
                  failing={row.span.spanId === trace.failingSpanId}
                  matching={matching.has(row.index)}
                  lit={lit}
                  onSelect={select}
                  onFold={fold}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

function Ruler({ window }: { window: Window }) {
  const format = useFormat();
  const lengthMs = (window.toNs - window.fromNs) / 1e6;
  const { ticks } = linearScale({ min: 0, max: lengthMs, unit: 'ms', lines: 5 });
  return (
    <div className="ruler" aria-hidden="true">
      <div className="ruler-times">
        {ticks
          .filter((tick) => tick <= lengthMs * 0.9)
          .map((tick) => (
            <span key={tick} style={{ left: `${(tick / lengthMs) * 100}%` }}>
              {format.durationMs(tick + window.fromNs / 1e6)}
            </span>
          ))}
      </div>
    </div>
  );
}

function toggled(before: ReadonlySet<string>, spanId: string): ReadonlySet<string> {
  const next = new Set(before);
  if (!next.delete(spanId)) next.add(spanId);
  return next;
}

interface Keys {
  readonly next: () => void;
  readonly previous: () => void;
  readonly left: () => void;
  readonly right: () => void;
  readonly find: () => void;
  readonly match: (step: 1 | -1) => void;
}

function actionOf(key: string, keys: Keys): (() => void) | undefined {
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return keys.next;
    case 'k':
    case 'ArrowUp':
      return keys.previous;
    case 'h':
    case 'ArrowLeft':
      return keys.left;
    case 'l':
    case 'ArrowRight':
      return keys.right;
    case '/':
      return keys.find;
    case 'n':
      return () => keys.match(1);
    case 'N':
      return () => keys.match(-1);
    default:
      return undefined;
  }
}

function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.closest(
        'input, textarea, select, [contenteditable=true], [role=dialog], [role=tablist], [role=radiogroup]',
      );
      const action = actionOf(event.key, latest.current);
      if (typing || !action || event.metaKey || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
