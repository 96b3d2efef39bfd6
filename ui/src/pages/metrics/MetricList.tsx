import { Skeleton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { type MetricKind, useMetricKinds } from '../../data/prometheus.ts';
import { useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { bestMatches } from '../../shell/match.ts';
import { suggestionFor } from './suggest.ts';

const rowPixels = 42;

/** Every metric there is, with its kind and what it means; a click asks the question one usually has. */
export function MetricList({ onPick }: { onPick: (query: string) => void }) {
  const words = useWords();
  const answer = useMetricKinds();
  return (
    <aside className="metric-list" aria-label={words.metricList}>
      <Faces
        of={answer}
        loading={Array.from({ length: 14 }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: skeleton rows have no identity.
          <Skeleton key={row} height={34} mb={8} />
        ))}
        isEmpty={(kinds) => kinds.length === 0}
        empty={
          <Empty title={words.metricsNever}>
            <Go to="/welcome" className="link">
              {words.sendData}
            </Go>
          </Empty>
        }
        full={(kinds) => <Kinds kinds={kinds} onPick={onPick} />}
      />
    </aside>
  );
}

function Kinds({ kinds, onPick }: { kinds: readonly MetricKind[]; onPick: (query: string) => void }) {
  const words = useWords();
  const [sought, setSought] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => bestMatches(kinds, sought.trim(), ({ name }) => name), [kinds, sought]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPixels,
    overscan: 10,
  });
  return (
    <>
      <TextInput
        size="xs"
        leftSection={<IconSearch size={14} />}
        placeholder={words.metricFilter}
        aria-label={words.metricFilter}
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
      />
      {shown.length === 0 && <p className="faint">{words.metricNone}</p>}
      <div className="metric-rows" ref={scroller}>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const kind = shown[index];
            return (
              kind && (
                <button
                  key={kind.name}
                  type="button"
                  className="bare metric-row"
                  style={{ transform: `translateY(${start}px)` }}
                  title={kind.help || kind.name}
                  onClick={() => onPick(suggestionFor(kind))}
                >
                  <span className="metric-name">
                    <span className="cut">{kind.name}</span>
                    {kind.type !== 'unknown' && <span className="metric-type">{kind.type}</span>}
                  </span>
                  <span className="metric-help cut">{kind.help}</span>
                </button>
              )
            );
          })}
        </div>
      </div>
    </>
  );
}
