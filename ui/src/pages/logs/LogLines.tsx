import type { Log } from '@farol/contract';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '../../i18n/language.tsx';
import { useUrl } from '../../url/useUrl.ts';
import { LogLine } from './LogLine.tsx';
import { termsOf } from './terms.ts';

interface LogLinesProps {
  readonly logs: readonly Log[];
  readonly more: boolean;
  readonly fetching: boolean;
  readonly onMore: () => void;
}

const linePixels = 24;
const aheadRows = 40;

/** The lines, newest first; only those in view exist, and older ones are fetched before the end is reached. */
export function LogLines({ logs, more, fetching, onMore }: LogLinesProps) {
  const words = useWords();
  const [search] = useUrl();
  const scroller = useRef<HTMLDivElement>(null);
  const [openIds, setOpenIds] = useState<ReadonlySet<string>>(() => new Set());
  const terms = useMemo(() => termsOf(search.text ?? ''), [search.text]);
  const virtual = useVirtualizer({
    count: logs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePixels,
    getItemKey: (index) => logs[index]?.id ?? index,
    overscan: 20,
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && !fetching && lastIndex >= logs.length - aheadRows) onMore();
  }, [more, fetching, lastIndex, logs.length, onMore]);
  const toggle = (id: string) =>
    setOpenIds((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key.
    <div className="log-lines" ref={scroller} tabIndex={0} role="feed" aria-label={words.logs} aria-busy={fetching}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, key, start }) => {
          const log = logs[index];
          return (
            log && (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className="log-slot"
                style={{ transform: `translateY(${start}px)` }}
              >
                <LogLine log={log} open={openIds.has(log.id)} terms={terms} onToggle={() => toggle(log.id)} />
              </div>
            )
          );
        })}
      </div>
      <p className="log-end faint">{fetching ? words.loadingMore : more ? '' : words.logsEnd}</p>
    </div>
  );
}
