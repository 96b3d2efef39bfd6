import type { TraceAnswer } from '@farol/contract';
import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useWords } from '../../i18n/language.tsx';
import { Detail } from './Detail.tsx';
import { TraceHead } from './TraceHead.tsx';
import type { TraceByIdProps } from './TracePage.tsx';
import { Waterfall } from './Waterfall.tsx';
import './trace.css';

/** A trace: what it was and where the time went; the waterfall; and what one span knows, beside it. */
export function TraceView({
  trace,
  span,
  tab,
  onSpan,
  onTab,
  onClose,
}: TraceByIdProps & { readonly trace: TraceAnswer }) {
  const words = useWords();
  const beside = onClose !== undefined;
  const narrow = useMediaQuery('(max-width: 760px)', window.innerWidth <= 760, { getInitialValueInEffect: false });
  const [lit, setLit] = useState<string>();
  const selectedId = span ?? trace.failingSpanId ?? trace.spans[0]?.spanId;
  const selected = useMemo(
    () => trace.spans.find(({ spanId }) => spanId === selectedId) ?? trace.spans[0],
    [trace, selectedId],
  );
  const detail = selected && <Detail trace={trace} span={selected} tab={tab} onTab={onTab} onSpan={onSpan} />;
  return (
    <div className="trace" data-beside={beside || undefined}>
      <TraceHead trace={trace} lit={lit} onLit={setLit} onClose={onClose} />
      <div className="trace-body">
        <Waterfall trace={trace} selectedId={selected?.spanId} lit={lit} onSelect={onSpan} />
        {!narrow && <aside className="trace-detail">{detail}</aside>}
      </div>
      {narrow && (
        <Drawer
          opened={span !== undefined || tab !== undefined}
          onClose={() => {
            onSpan(undefined);
          }}
          position="bottom"
          size="85%"
          title={words.details}
          closeButtonProps={{ 'aria-label': words.close }}
        >
          {detail}
        </Drawer>
      )}
    </div>
  );
}
