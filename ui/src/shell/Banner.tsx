import type { StatusAnswer } from '@farol/contract';
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useAway, useStatus } from '../data/queries.ts';
import { useWords } from '../i18n/language.tsx';
import type { Words } from '../i18n/words.ts';
import { Go } from '../parts/Go.tsx';

const statusEveryMs = 15_000;

interface Notice {
  readonly tone: 'bad' | 'warn' | 'info';
  readonly text: string;
  readonly reason?: string;
}

/** One line above every page when something about Farol itself needs saying, so that no view has to; silence otherwise. */
export function Banner() {
  const words = useWords();
  const status = useStatus(statusEveryMs);
  const { away, askAgain } = useAway();
  const told = status.error || status.failureReason ? undefined : noticeOf(status.data, words);
  const notice = told ?? (away || status.error ? { tone: 'bad', text: words.bannerUnreachable } : undefined);
  if (!notice) return null;
  const Icon = { bad: IconAlertOctagon, warn: IconAlertTriangle, info: IconInfoCircle }[notice.tone];
  return (
    <div className="banner" data-tone={notice.tone} role="status">
      <Icon size={16} aria-hidden="true" />
      <span>
        {notice.text} {notice.reason && <span className="quiet">{notice.reason}</span>}
      </span>
      {away ? (
        <button type="button" className="bare link banner-next" onClick={askAgain}>
          {words.retry}
        </button>
      ) : (
        <Go to="/status" className="link banner-next">
          {words.seeStatus}
        </Go>
      )}
    </div>
  );
}

function noticeOf(status: StatusAnswer | undefined, words: Words): Notice | undefined {
  if (!status) return undefined;
  if (status.state === 'down') return { tone: 'bad', text: words.bannerDown, reason: status.reason };
  if (status.state === 'read-only') return { tone: 'bad', text: words.bannerReadOnly, reason: status.reason };
  if (status.state === 'starting') return { tone: 'info', text: words.bannerStarting, reason: status.reason };
  if (status.detachedParts > 0)
    return { tone: 'warn', text: words.bannerDetached(status.detachedParts), reason: status.reason };
  return undefined;
}
