import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useWords } from '../i18n/language.tsx';
import { useTicker } from '../url/Clock.tsx';
import { isLive } from '../url/timeRange.ts';
import { useUrl } from '../url/useUrl.ts';
import { Banner } from './Banner.tsx';
import { BottomBar } from './BottomBar.tsx';
import { Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import { TopBar } from './TopBar.tsx';
import './shell.css';

/** Pages one watches refresh on their own; pages one reads stay still unless asked. */
const watchedEverySeconds = 30;

export function Shell() {
  const words = useWords();
  const [paletteOpen, setPaletteOpen] = useState(false);
  usePaletteKey(() => setPaletteOpen(true));
  useTicker(useRefreshMs());
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {words.skipToContent}
      </a>
      <Rail />
      <div className="shell-main">
        <TopBar onSearch={() => setPaletteOpen(true)} />
        <Banner />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <Palette opened={paletteOpen} onClose={() => setPaletteOpen(false)} />
    </div>
  );
}

function useHabit(): number | undefined {
  const { pathname } = useLocation();
  return pathname === '/' || pathname.startsWith('/services/') ? watchedEverySeconds : undefined;
}

function useRefreshMs(): number | undefined {
  const [search] = useUrl();
  const habit = useHabit();
  if (!isLive(search) || search.refresh === 'off') return undefined;
  const seconds = search.refresh === undefined ? habit : Number(search.refresh);
  return seconds && seconds >= 5 ? seconds * 1_000 : undefined;
}

function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open();
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [open]);
}
