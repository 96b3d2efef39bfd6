import { ActionIcon, Kbd, Popover, Select, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconFilter, IconFilterFilled, IconRefresh, IconSearch } from '@tabler/icons-react';
import { useIsFetching } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useAskAgain, useServices } from '../data/queries.ts';
import { useWords } from '../i18n/language.tsx';
import { useGo, useRange, useUrl } from '../url/useUrl.ts';
import { Lamp } from './Lamp.tsx';
import { TimePicker } from './TimePicker.tsx';
import { useServiceOfPath } from './usePlaceSearch.ts';

/** About now, or about one trace, whatever the range and the filters. */
const rangeless = ['/welcome', '/status', '/rules', '/queries', '/traces/'];

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const words = useWords();
  const askAgain = useAskAgain();
  const busy = useIsFetching() > 0;
  const { pathname } = useLocation();
  const timed = !rangeless.some((path) => pathname.startsWith(path));
  return (
    <header className="top-bar">
      <span className="top-lamp">
        <Lamp />
      </span>
      <button type="button" className="bare top-search" onClick={onSearch} aria-label={words.searchEverything}>
        <IconSearch size={15} stroke={1.8} aria-hidden="true" />
        <span>{words.searchEverything}</span>
        <Kbd size="xs">{isMac() ? '⌘K' : 'Ctrl K'}</Kbd>
      </button>
      <div className="top-filters">
        {timed && <FiltersInPlace />}
        {timed && <TimePicker />}
        <Tooltip label={words.refreshNow} openDelay={300}>
          <ActionIcon variant="default" size={30} aria-label={words.refreshNow} onClick={askAgain}>
            <IconRefresh size={16} stroke={1.8} className={busy ? 'turning' : undefined} />
          </ActionIcon>
        </Tooltip>
      </div>
    </header>
  );
}

// A phone has no room for two lists; there they wait behind a button that shows whether one is in use.
function FiltersInPlace() {
  const words = useWords();
  const [search] = useUrl();
  const { pathname } = useLocation();
  const phone = useMediaQuery('(max-width: 760px)', window.innerWidth <= 760, { getInitialValueInEffect: false });
  // A query names its own labels.
  if (pathname === '/metrics-explorer' || search.q !== undefined) return null;
  if (!phone) return <Filters />;
  const on = search.env !== undefined || search.service !== undefined;
  return (
    <Popover position="bottom-end" withinPortal trapFocus width={260}>
      <Popover.Target>
        <ActionIcon variant="default" size={30} aria-label={words.facets}>
          {on ? <IconFilterFilled size={15} /> : <IconFilter size={15} stroke={1.8} />}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="top-filters-drop">
        <Filters />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Environment and service. On a service's own page the second one moves to another service. */
function Filters() {
  const words = useWords();
  const [search, change] = useUrl();
  const go = useGo();
  const range = useRange();
  const { pathname } = useLocation();
  const ofPath = useServiceOfPath();
  const { data } = useServices({ startMs: range.startMs, endMs: range.endMs });
  const environments = distinct([...(data?.services.map(({ environment }) => environment) ?? []), search.env ?? '']);
  const services = distinct([...(data?.services.map(({ name }) => name) ?? []), ofPath ?? search.service ?? '']);
  return (
    <>
      {environments.length > 0 && (
        <Select
          className="top-select"
          size="xs"
          aria-label={words.environment}
          placeholder={words.allEnvironments}
          data={environments}
          value={search.env ?? null}
          onChange={(value) => change({ env: value ?? undefined })}
          clearable={search.env !== undefined}
          comboboxProps={{ width: 220, position: 'bottom-end', withinPortal: false }}
        />
      )}
      {pathname !== '/' || search.service !== undefined ? (
        <Select
          className="top-select"
          size="xs"
          searchable
          aria-label={words.service}
          placeholder={words.allServices}
          data={services}
          value={ofPath ?? search.service ?? null}
          onChange={(value) => {
            if (ofPath === undefined) change({ service: value ?? undefined });
            else if (value) go('/services/$name', { params: { name: value } });
          }}
          clearable={ofPath === undefined && search.service !== undefined}
          comboboxProps={{ width: 260, position: 'bottom-end', withinPortal: false }}
        />
      ) : null}
    </>
  );
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== '').sort();
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
