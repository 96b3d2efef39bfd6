import { Skeleton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useTrace } from '../../data/queries.ts';
import { useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useUrl } from '../../url/useUrl.ts';
import { TraceView } from './TraceView.tsx';

export function TracePage() {
  const { id = '' } = useParams({ strict: false });
  const words = useWords();
  const [search, change] = useUrl();
  useTitle(`${words.trace} ${id.slice(0, 8)}`);
  return (
    <div className="trace-page">
      <TraceById
        traceId={id}
        span={search.span}
        tab={search.tab}
        onSpan={(span) => change({ span }, { replace: true })}
        onTab={(tab) => change({ tab }, { replace: true })}
      />
    </div>
  );
}

export interface TraceByIdProps {
  readonly traceId: string;
  readonly span?: string;
  readonly tab?: string;
  readonly onSpan: (spanId: string | undefined) => void;
  readonly onTab: (tab: string) => void;
  /** Beside something else: less room, and a way to close it. */
  readonly onClose?: () => void;
}

export function TraceById(props: TraceByIdProps) {
  const words = useWords();
  const answer = useTrace(props.traceId);
  return (
    <Faces
      of={answer}
      loading={<Waiting />}
      failure={(error) =>
        error.status === 404 || error.status === 400 ? (
          <Empty title={words.traceNotFound} hint={error.status === 400 ? words.traceInvalid : words.traceNotFoundHint}>
            <span className="mono faint">{props.traceId}</span>
            <Go to="/traces" className="link">
              {words.traces}
            </Go>
          </Empty>
        ) : undefined
      }
      full={(trace) => <TraceView key={trace.traceId} trace={trace} {...props} />}
    />
  );
}

function Waiting() {
  return (
    <div className="trace-waiting">
      <Skeleton height={26} width="45%" mb={12} />
      <Skeleton height={22} mb={20} />
      {Array.from({ length: 14 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: skeleton rows have no identity.
        <Skeleton key={row} height={20} mb={6} ml={`${(row % 5) * 4}%`} width={`${76 - row * 4}%`} />
      ))}
    </div>
  );
}
