import {
  IconActivity,
  IconBell,
  IconChartLine,
  IconHeartbeat,
  IconListDetails,
  IconPlugConnected,
  IconServer2,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Words } from '../i18n/words.ts';
import type { Place } from '../parts/Go.tsx';

export interface PlaceEntry {
  readonly to: Place;
  readonly word: (words: Words) => string;
  readonly icon: TablerIcon;
  readonly group: 'home' | 'explore' | 'system';
  /** Paths that light this entry up. */
  readonly owns: (pathname: string) => boolean;
}

export const places: readonly PlaceEntry[] = [
  {
    to: '/',
    word: (w) => w.services,
    icon: IconServer2,
    group: 'home',
    owns: (path) => path === '/' || path.startsWith('/services/'),
  },
  { to: '/rules', word: (w) => w.rules, icon: IconBell, group: 'home', owns: (path) => path === '/rules' },
  {
    to: '/metrics-explorer',
    word: (w) => w.metrics,
    icon: IconChartLine,
    group: 'explore',
    owns: (path) => path === '/metrics-explorer',
  },
  { to: '/logs', word: (w) => w.logs, icon: IconListDetails, group: 'explore', owns: (path) => path === '/logs' },
  {
    to: '/traces',
    word: (w) => w.traces,
    icon: IconActivity,
    group: 'explore',
    owns: (path) => path.startsWith('/traces'),
  },
  {
    to: '/welcome',
    word: (w) => w.welcome,
    icon: IconPlugConnected,
    group: 'system',
    owns: (path) => path === '/welcome',
  },
  { to: '/status', word: (w) => w.status, icon: IconHeartbeat, group: 'system', owns: (path) => path === '/status' },
];
