import type { ServiceSummary } from '@farol/contract';
import { useWords } from '../i18n/language.tsx';

type HealthState = ServiceSummary['health'];

/** Shape, colour and word: circle for well, triangle for strained, octagon for unwell, ring for unknown. */
export function Health({ state, wordless = false }: { state: HealthState; wordless?: boolean }) {
  const words = useWords();
  const word = { ok: words.healthOk, warn: words.healthWarn, bad: words.healthBad, unknown: words.healthUnknown }[
    state
  ];
  return (
    <span className="health" data-state={state} title={wordless ? word : undefined}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {state === 'ok' && <circle cx="6" cy="6" r="4" fill="currentColor" />}
        {state === 'warn' && <path d="M6 1.2 11.2 10.6H.8z" fill="currentColor" />}
        {state === 'bad' && <path d="M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8z" fill="currentColor" />}
        {state === 'unknown' && (
          <circle cx="6" cy="6" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.4" strokeDasharray="2 1.6" />
        )}
      </svg>
      <span className={wordless ? 'hidden-word' : undefined}>{word}</span>
    </span>
  );
}
