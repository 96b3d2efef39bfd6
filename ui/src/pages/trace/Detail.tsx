import type { Span, TraceAnswer } from '@farol/contract';
import { Tabs } from '@mantine/core';
import { useLogHistogram } from '../../data/queries.ts';
import { useWords } from '../../i18n/language.tsx';
import { SpanDetail } from './SpanDetail.tsx';
import { logsOf, TraceLogs } from './TraceLogs.tsx';

interface DetailProps {
  readonly trace: TraceAnswer;
  readonly span: Span;
  readonly tab: string | undefined;
  readonly onTab: (tab: string) => void;
  readonly onSpan: (spanId: string) => void;
}

const tabs = ['span', 'span-logs', 'trace-logs'] as const;

/** Beside the waterfall: the span, its logs, the trace's logs. */
export function Detail({ trace, span, tab, onTab, onSpan }: DetailProps) {
  const words = useWords();
  const logs = useLogHistogram(logsOf(trace), 1);
  const current = tabs.find((known) => known === tab) ?? 'span';
  return (
    <Tabs value={current} onChange={(value) => value && onTab(value)} keepMounted={false} className="detail">
      <Tabs.List>
        <Tabs.Tab value="span">{words.spanTab}</Tabs.Tab>
        <Tabs.Tab value="span-logs">{words.spanLogsTab}</Tabs.Tab>
        <Tabs.Tab value="trace-logs">
          {words.traceLogsTab} <span className="faint">{logs.data?.total}</span>
        </Tabs.Tab>
      </Tabs.List>
      <div className="detail-scroll">
        <Tabs.Panel value="span">
          <SpanDetail trace={trace} span={span} />
        </Tabs.Panel>
        <Tabs.Panel value="span-logs">
          <TraceLogs trace={trace} span={span} onSpan={onSpan} />
        </Tabs.Panel>
        <Tabs.Panel value="trace-logs">
          <TraceLogs trace={trace} onSpan={onSpan} />
        </Tabs.Panel>
      </div>
    </Tabs>
  );
}
