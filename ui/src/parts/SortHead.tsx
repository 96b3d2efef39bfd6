import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useWords } from '../i18n/language.tsx';
import { useUrl } from '../url/useUrl.ts';
import { nextSort } from './sorting.ts';

interface SortHeadProps {
  readonly column: string;
  /** The column that the page sorts by on its own. */
  readonly home: string;
  readonly word: string;
  readonly numeric?: boolean;
}

/** The head of a column that sorts its table; the address remembers which. */
export function SortHead({ column, home, word, numeric = false }: SortHeadProps) {
  const words = useWords();
  const [search, change] = useUrl();
  const current = search.sort ?? home;
  const up = current === `-${column}`;
  const on = up || current === column;
  return (
    <th
      scope="col"
      className={numeric ? 'num' : undefined}
      aria-sort={on ? (up ? 'ascending' : 'descending') : undefined}
    >
      <button
        type="button"
        className="bare"
        title={words.sortBy(word)}
        onClick={() => change({ sort: nextSort(current, column, home) }, { replace: true })}
      >
        {word} {on && (up ? <IconArrowUp size={12} /> : <IconArrowDown size={12} />)}
      </button>
    </th>
  );
}
