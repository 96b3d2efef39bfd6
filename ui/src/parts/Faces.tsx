import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiFailure } from '../data/http.ts';
import { useWords } from '../i18n/language.tsx';
import type { Words } from '../i18n/words.ts';
import './parts.css';

interface Answer<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

interface FacesProps<T> {
  readonly of: Answer<T>;
  readonly loading: ReactNode;
  readonly full: (data: T) => ReactNode;
  readonly isEmpty?: (data: T) => boolean;
  readonly empty?: ReactNode;
  /** A failure this view has its own words for, such as a trace that is not there. */
  readonly failure?: (error: ApiFailure) => ReactNode | undefined;
}

/** The four faces of every view: loading keeps the layout, empty says why, error says what to do, full shows it. */
export function Faces<T>({ of, loading, full, isEmpty, empty, failure }: FacesProps<T>) {
  const words = useWords();
  if (of.data === undefined) {
    if (!of.error) {
      return (
        <div aria-busy="true">
          <span className="hidden-word" role="status">
            {words.loading}
          </span>
          {loading}
        </div>
      );
    }
    const own = of.error instanceof ApiFailure ? failure?.(of.error) : undefined;
    return own ?? <Failed error={of.error} retry={of.refetch} />;
  }
  if (isEmpty?.(of.data)) return empty;
  return (
    <>
      {of.error && (
        <div className="stale" role="status">
          <IconAlertTriangle size={14} /> {words.stale} <span className="quiet">{failureWords(of.error, words)}</span>{' '}
          <button type="button" className="bare link" onClick={() => of.refetch()}>
            {words.retry}
          </button>
        </div>
      )}
      {full(of.data)}
    </>
  );
}

export function Failed({ error, retry }: { error: Error; retry: () => unknown }) {
  const words = useWords();
  return (
    <div className="face" role="alert">
      <IconAlertTriangle size={22} className="bad" />
      <h2>{words.errorTitle}</h2>
      <p>{failureWords(error, words)}</p>
      <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => retry()}>
        {words.retry}
      </Button>
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly hint?: string;
  readonly icon?: ReactNode;
  readonly children?: ReactNode;
}

export function Empty({ title, hint, icon, children }: EmptyProps) {
  return (
    <div className="face">
      {icon}
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children && <div className="face-actions">{children}</div>}
    </div>
  );
}

/** What went wrong and what to do, in a sentence; the server's own words come after ours. */
function failureWords(error: Error, words: Words): string {
  if (!(error instanceof ApiFailure)) return error.message;
  const own = error.message;
  if (error.status === 408 || error.status === 504 || error.code === 'timeout') return join(words.errorTimeout, own);
  if (error.status === 429 || error.status === 503) return join(words.errorBusy, own);
  if (error.status >= 500) return join(words.errorServer, own);
  return own || words.errorNoWords(error.status);
}

function join(ours: string, theirs: string): string {
  return theirs === '' ? ours : `${ours} (${theirs})`;
}
