import type { ApiFailure } from '../data/http.ts';

/** A question that cannot be asked is not a failure to load: its words are the answer. */
export function refusalIn(error: ApiFailure) {
  if ((error.status !== 400 && error.status !== 422) || error.message === '') return undefined;
  return (
    <p className="notice mono" data-tone="bad" role="alert">
      {error.message}
    </p>
  );
}
