import { Drawer } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../i18n/language.tsx';
import { Go } from '../parts/Go.tsx';
import { PreferenceControls } from './Preferences.tsx';
import { places } from './places.tsx';
import { usePlaceSearch } from './usePlaceSearch.ts';

/** The rail of a phone: within reach of a thumb. */
export function BottomBar() {
  const words = useWords();
  const { pathname } = useLocation();
  const searchFor = usePlaceSearch();
  const [open, setOpen] = useState(false);
  const system = places.filter(({ group }) => group === 'system');
  return (
    <nav className="bottom-bar" aria-label={words.places}>
      {places
        .filter(({ group }) => group !== 'system')
        .map(({ to, word, icon: Icon, owns }) => (
          <Go
            key={to}
            to={to}
            search={searchFor(to)}
            className="bottom-item"
            aria-current={owns(pathname) ? 'page' : undefined}
          >
            <Icon size={20} stroke={1.6} aria-hidden="true" />
            <span>{word(words)}</span>
          </Go>
        ))}
      <button
        type="button"
        className="bare bottom-item"
        aria-current={system.some(({ owns }) => owns(pathname)) ? 'page' : undefined}
        onClick={() => setOpen(true)}
      >
        <IconDots size={20} stroke={1.6} aria-hidden="true" />
        <span>{words.more}</span>
      </button>
      <Drawer
        opened={open}
        onClose={() => setOpen(false)}
        position="bottom"
        size="auto"
        title={words.more}
        closeButtonProps={{ 'aria-label': words.close }}
      >
        {system.map(({ to, word, icon: Icon }) => (
          <Go key={to} to={to} className="rail-item" onClick={() => setOpen(false)}>
            <Icon size={18} stroke={1.6} aria-hidden="true" />
            <span>{word(words)}</span>
          </Go>
        ))}
        <PreferenceControls />
      </Drawer>
    </nav>
  );
}
