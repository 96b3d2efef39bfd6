import { ActionIcon, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useWords } from '../i18n/language.tsx';
import { Go } from '../parts/Go.tsx';
import { Lamp } from './Lamp.tsx';
import { Preferences } from './Preferences.tsx';
import { type PlaceEntry, places } from './places.tsx';
import { usePlaceSearch } from './usePlaceSearch.ts';

export function Rail() {
  const words = useWords();
  const [narrow, setNarrow] = useLocalStorage({ key: 'farol.rail', defaultValue: false });
  const of = (group: PlaceEntry['group']) => places.filter((place) => place.group === group);
  const label = narrow ? words.expandRail : words.collapseRail;
  return (
    <nav className="rail" data-narrow={narrow || undefined} aria-label={words.places}>
      <Go to="/" search={{ service: undefined }} className="rail-brand" aria-label="Farol">
        <Lamp />
        <b>Farol</b>
      </Go>
      <RailGroup entries={of('home')} narrow={narrow} />
      <div className="rail-title">{words.explore}</div>
      <RailGroup entries={of('explore')} narrow={narrow} />
      <div className="rail-gap" />
      <RailGroup entries={of('system')} narrow={narrow} />
      <div className="rail-foot">
        <Preferences />
        <Tooltip label={label} position="right" openDelay={300}>
          <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => setNarrow(!narrow)}>
            {narrow ? (
              <IconLayoutSidebarLeftExpand size={18} stroke={1.6} />
            ) : (
              <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} />
            )}
          </ActionIcon>
        </Tooltip>
      </div>
    </nav>
  );
}

function RailGroup({ entries, narrow }: { entries: readonly PlaceEntry[]; narrow: boolean }) {
  const words = useWords();
  const { pathname } = useLocation();
  const searchFor = usePlaceSearch();
  return (
    <ul className="rail-group">
      {entries.map(({ to, word, icon: Icon, owns }) => (
        <li key={to}>
          <Tooltip label={word(words)} position="right" disabled={!narrow}>
            <Go to={to} search={searchFor(to)} className="rail-item" aria-current={owns(pathname) ? 'page' : undefined}>
              <Icon size={18} stroke={1.6} aria-hidden="true" />
              <span>{word(words)}</span>
            </Go>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}
