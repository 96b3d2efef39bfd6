import { Modal, useMantineColorScheme } from '@mantine/core';
import { IconActivity, IconArrowRight, IconClock, IconLanguage, IconListSearch, IconMoon } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useServices } from '../data/queries.ts';
import { useSpeech } from '../i18n/language.tsx';
import { Dot } from '../parts/names.tsx';
import { presets } from '../url/timeRange.ts';
import { useGo, useRange, useUrl } from '../url/useUrl.ts';
import { bestMatches, traceIdOf } from './match.ts';
import { places } from './places.tsx';
import { presetWords } from './TimePicker.tsx';

interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly icon: ReactNode;
  /** Not worth showing until it is typed for. */
  readonly shy?: boolean;
  readonly run: () => void;
}

const shownMax = 12;

/** ⌘K: services, pages, a trace by its id, and the few actions there are. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { words } = useSpeech();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      yOffset="12vh"
      aria-label={words.searchEverything}
      transitionProps={{ duration: 0 }}
      trapFocus
    >
      <PaletteBody onClose={onClose} />
    </Modal>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const { words } = useSpeech();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(text);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  // At once, not after a frame: the first letter may already be on its way.
  useLayoutEffect(() => field.current?.focus(), []);
  const current = Math.min(chosen, commands.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((current + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(commands[current]);
    }
  };
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <div className="palette">
      <input
        ref={field}
        data-autofocus
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={commands[current] ? `palette-${commands[current].id}` : undefined}
        aria-label={words.searchEverything}
        placeholder={words.searchEverything}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKey}
      />
      <div className="palette-list" id="palette-list" role="listbox" ref={list} aria-label={words.search}>
        {commands.map((command, i) => (
          <div key={command.id}>
            {commands[i - 1]?.group !== command.group && <div className="palette-group">{command.group}</div>}
            <div
              id={`palette-${command.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === current}
              className="palette-item"
              onPointerMove={() => setChosen(i)}
              onClick={() => run(command)}
              onKeyDown={onKey}
            >
              {command.icon}
              <span className="cut">{command.title}</span>
            </div>
          </div>
        ))}
        {commands.length === 0 && <p className="palette-empty">{words.paletteEmpty}</p>}
      </div>
    </div>
  );
}

function useCommands(text: string): readonly Command[] {
  const all = useAllCommands();
  const { words } = useSpeech();
  const go = useGo();
  return useMemo(() => {
    const typed = text.trim();
    const traceId = traceIdOf(typed);
    const direct: Command[] = [];
    if (traceId) {
      const run = () => go('/traces/$id', { params: { id: traceId } });
      direct.push({
        id: 'trace',
        title: words.paletteOpenTrace(traceId),
        group: words.traces,
        icon: <IconActivity size={16} />,
        run,
      });
    }
    const found = bestMatches(typed === '' ? all.filter(({ shy }) => !shy) : all, typed, ({ title }) => title).slice(
      0,
      shownMax,
    );
    const sorted = [...new Set(found.map(({ group }) => group))].flatMap((group) =>
      found.filter((command) => command.group === group),
    );
    if (typed !== '' && !traceId) {
      const run = () => go('/logs', { search: { text: typed } });
      sorted.push({
        id: 'logs',
        title: words.paletteSearchLogs(typed),
        group: words.logs,
        icon: <IconListSearch size={16} />,
        run,
      });
    }
    return [...direct, ...sorted];
  }, [all, text, words, go]);
}

function useAllCommands(): readonly Command[] {
  const { words, speak } = useSpeech();
  const { setColorScheme } = useMantineColorScheme();
  const go = useGo();
  const [, change] = useUrl();
  const range = useRange();
  const { data } = useServices({ startMs: range.startMs, endMs: range.endMs });
  return useMemo(() => {
    const services = (data?.services ?? []).map(({ name }) => ({
      id: `service-${name}`,
      title: name,
      group: words.services,
      icon: <Dot name={name} />,
      run: () => go('/services/$name', { params: { name }, search: { service: undefined } }),
    }));
    const pages = places.map(({ to, word, icon: Icon }) => ({
      id: `page-${to}`,
      title: word(words),
      group: words.palettePages,
      icon: <Icon size={16} stroke={1.6} />,
      run: () => go(to, to === '/' ? { search: { service: undefined } } : {}),
    }));
    const action = (id: string, title: string, icon: ReactNode, run: () => void) => ({
      id,
      title,
      group: words.paletteActions,
      icon,
      run,
    });
    const actions = [
      action('light', words.paletteUseLight, <IconMoon size={16} />, () => setColorScheme('light')),
      action('dark', words.paletteUseDark, <IconMoon size={16} />, () => setColorScheme('dark')),
      action('auto', words.paletteUseAuto, <IconMoon size={16} />, () => setColorScheme('auto')),
      action('en', words.paletteEnglish, <IconLanguage size={16} />, () => speak('en')),
      action('pt', words.palettePortuguese, <IconLanguage size={16} />, () => speak('pt-BR')),
    ];
    const ranges = presets.map((from) => ({
      id: `range-${from}`,
      title: presetWords(from, words),
      group: words.paletteRange,
      icon: <IconClock size={16} />,
      shy: true,
      run: () => change({ from, to: undefined }),
    }));
    return [...services, ...pages, ...actions, ...ranges].map((command) => ({
      ...command,
      icon: command.icon ?? <IconArrowRight size={16} />,
    }));
  }, [data, words, go, change, setColorScheme, speak]);
}
