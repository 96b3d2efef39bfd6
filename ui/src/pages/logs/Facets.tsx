import type { LogFacetsAnswer } from '@farol/contract';
import { Skeleton } from '@mantine/core';
import { IconFilterMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { type LogFilter, useLogFacets } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { Dot, levelColor, levelWord } from '../../parts/names.tsx';
import { useUrl } from '../../url/useUrl.ts';
import { hasValue, withoutValue, withValue } from './filter.ts';

type Facet = LogFacetsAnswer['facets'][number];

const valuesShown = 6;
/** Other spellings of what the first list already says. */
const sameAsService: ReadonlySet<string> = new Set(['service.name', 'service_name']);

/** The commonest values of each key; a click keeps only them, or takes them away. */
export function Facets({ filter }: { filter: LogFilter }) {
  const words = useWords();
  const format = useFormat();
  const answer = useLogFacets(filter);
  return (
    <Faces
      of={answer}
      loading={[0, 1, 2, 3].map((group) => <Skeleton key={group} height={96} mb={16} />)}
      full={({ facets, sampledLines }) => (
        <>
          {facets
            .filter(({ key }) => !sameAsService.has(key))
            .map((facet) => (
              <FacetGroup key={facet.key} facet={facet} />
            ))}
          {sampledLines !== undefined && (
            <p className="faint facet-note">{words.facetsSampled(format.count(sampledLines))}</p>
          )}
        </>
      )}
    />
  );
}

function FacetGroup({ facet }: { facet: Facet }) {
  const words = useWords();
  const [all, setAll] = useState(false);
  const shown = all ? facet.values : facet.values.slice(0, valuesShown);
  const most = Math.max(1, ...facet.values.map(({ count }) => count));
  const title = facet.key === 'service' ? words.service : facet.key === 'level' ? words.level : facet.key;
  return (
    <section className="facet">
      <h3 className="cut" title={facet.key}>
        {title}
      </h3>
      <ul className="plain-list">
        {shown.map(({ value, count }) => (
          <FacetValue key={value} facetKey={facet.key} value={value} count={count} share={count / most} />
        ))}
      </ul>
      {facet.values.length > valuesShown && (
        <button type="button" className="bare faint facet-more" onClick={() => setAll(!all)}>
          {all ? '−' : '+'} {facet.values.length - valuesShown} {words.facetsMore}
        </button>
      )}
    </section>
  );
}

function FacetValue({
  facetKey,
  value,
  count,
  share,
}: {
  facetKey: string;
  value: string;
  count: number;
  share: number;
}) {
  const words = useWords();
  const format = useFormat();
  const [search, change] = useUrl();
  const on = hasValue(search, facetKey, value);
  const color = facetKey === 'level' ? levelColor[value as 'info'] : undefined;
  return (
    <li className="facet-value" data-on={on || undefined}>
      <button
        type="button"
        className="bare facet-pick"
        aria-pressed={on}
        title={`${facetKey}=${value}`}
        onClick={() => change(withValue(search, facetKey, value))}
      >
        {facetKey === 'service' && <Dot name={value} />}
        {color && <i className="dot" style={{ background: color }} />}
        <span className="cut">{facetKey === 'level' ? levelWord(value, words) : value || '""'}</span>
        <span className="faint">{format.count(count)}</span>
        <i className="facet-share" style={{ width: `${share * 100}%` }} />
      </button>
      {facetKey !== 'service' && facetKey !== 'level' && (
        <button
          type="button"
          className="bare facet-out"
          aria-label={`${words.filterOut}: ${value}`}
          title={words.filterOut}
          onClick={() => change(withoutValue(search, facetKey, value))}
        >
          <IconFilterMinus size={13} />
        </button>
      )}
    </li>
  );
}
