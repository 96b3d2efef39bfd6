import { useEffect } from 'react';

/** What the tab says, so that ten open ones can be told apart. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Farol`;
  }, [title]);
}
