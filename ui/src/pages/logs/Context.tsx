import type { Log } from '@farol/contract';
import { Skeleton } from '@mantine/core';
import { useLogs } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { LevelTag } from '../../parts/names.tsx';

const beforeMs = 5_000;
const afterMs = 1_000;
const linesBefore = 16;
const linesAfter = 10;
/** Answers come newest first, so the nearest lines after are the last of these. */
const linesAfterAsked = 200;

/** What the same service said just before and just after, without the filters of the page. */
export function Context({ of }: { of: Log }) {
  const words = useWords();
  const format = useFormat();
  const timeMs = Number(of.timeNs.slice(0, -6));
  const services = [of.service];
  const before = useLogs({ startMs: timeMs - beforeMs, endMs: timeMs + 1, services }, { limit: linesBefore });
  const after = useLogs({ startMs: timeMs + 1, endMs: timeMs + 1 + afterMs, services }, { limit: linesAfterAsked });
  const later = (after.data?.pages ?? []).flatMap(({ logs }) => logs).slice(-linesAfter);
  return (
    <Faces
      of={before}
      loading={<Skeleton height={80} mb={8} />}
      full={({ pages }) => (
        <ul className="plain-list log-context" aria-label={words.context}>
          {[...later, ...pages.flatMap(({ logs }) => logs).slice(0, linesBefore)].map((log) => (
            <li key={log.id} className="log-context-line" aria-current={log.id === of.id ? 'true' : undefined}>
              <span className="mono faint">{format.clockMs(Number(log.timeNs.slice(0, -6)))}</span>
              <LevelTag level={log.level} />
              <span className="mono cut" title={log.body}>
                {log.body || words.emptyBody}
              </span>
            </li>
          ))}
        </ul>
      )}
    />
  );
}
