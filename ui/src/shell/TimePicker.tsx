import { ActionIcon, Button, Popover, SegmentedControl, TextInput, Tooltip } from '@mantine/core';
import { IconClock, IconZoomOut } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { Format } from '../format/format.ts';
import { useFormat, useWords } from '../i18n/language.tsx';
import type { Words } from '../i18n/words.ts';
import type { Search } from '../url/search.ts';
import { isLive, parseInstant, presets, rangeDefault, relativeOf, zoomOut } from '../url/timeRange.ts';
import { useRange, useUrl } from '../url/useUrl.ts';

const refreshChoices = [10, 30, 60] as const;

export function TimePicker() {
  const words = useWords();
  const format = useFormat();
  const [search, change] = useUrl();
  const [open, setOpen] = useState(false);
  const range = useRange();
  const widen = () => {
    const wider = zoomOut(range, Date.now());
    change({ from: String(wider.startMs), to: String(wider.endMs) });
  };
  const pick = (patch: Search) => {
    change(patch);
    setOpen(false);
  };
  return (
    <div className="time-picker">
      <Popover
        opened={open}
        onChange={setOpen}
        position="bottom-end"
        width="min(420px, calc(100vw - 24px))"
        trapFocus
        withinPortal
      >
        <Popover.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconClock size={15} stroke={1.8} />}
            aria-label={`${words.timeRange}: ${rangeWords(search, range, words, format)}`}
            title={`${format.full(range.startMs)} – ${format.full(range.endMs)}`}
            onClick={() => setOpen(!open)}
          >
            {rangeWords(search, range, words, format)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p="sm">
          <div className="time-grid">
            <ul className="time-presets" aria-label={words.timeRange}>
              {presets.map((from) => (
                <li key={from}>
                  <button
                    type="button"
                    className="bare time-preset"
                    aria-current={isLive(search) && (search.from ?? rangeDefault.from) === from ? 'true' : undefined}
                    onClick={() => pick({ from: from === rangeDefault.from ? undefined : from, to: undefined })}
                  >
                    {presetWords(from, words)}
                  </button>
                </li>
              ))}
            </ul>
            <AbsoluteForm key={`${search.from} ${search.to}`} onPick={pick} />
          </div>
        </Popover.Dropdown>
      </Popover>
      <Tooltip label={words.zoomOut} openDelay={300}>
        <ActionIcon variant="default" size={30} aria-label={words.zoomOut} onClick={widen} className="time-zoom">
          <IconZoomOut size={16} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function AbsoluteForm({ onPick }: { onPick: (patch: Search) => void }) {
  const words = useWords();
  const [search, change] = useUrl();
  const range = useRange();
  const live = isLive(search);
  const [from, setFrom] = useState(live ? (search.from ?? rangeDefault.from) : written(range.startMs));
  const [to, setTo] = useState(live ? 'now' : written(range.endMs));
  const [wrong, setWrong] = useState<{ from?: string; to?: string }>({});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const startMs = parseInstant(from, Date.now());
    const endMs = parseInstant(to, Date.now());
    if (startMs === undefined || endMs === undefined) {
      setWrong({
        from: startMs === undefined ? words.rangeInvalid : undefined,
        to: endMs === undefined ? words.rangeInvalid : undefined,
      });
    } else if (startMs >= endMs) {
      setWrong({ to: words.rangeBackwards });
    } else {
      onPick({ from: kept(from, startMs), to: to.trim() === 'now' ? undefined : kept(to, endMs) });
    }
  };
  return (
    <form className="time-absolute" onSubmit={submit}>
      <b>{words.absolute}</b>
      <TextInput
        size="xs"
        label={words.rangeFrom}
        value={from}
        error={wrong.from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        size="xs"
        label={words.rangeTo}
        value={to}
        error={wrong.to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <p className="faint">{words.rangeHint}</p>
      <Button size="xs" type="submit">
        {words.apply}
      </Button>
      <p className="faint">{words.yourZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}</p>
      <b>{words.refreshEvery}</b>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={words.refreshEvery}
        value={search.refresh ?? 'auto'}
        onChange={(value) => change({ refresh: value === 'auto' ? undefined : value })}
        data={[
          { value: 'auto', label: words.refreshAuto },
          { value: 'off', label: words.refreshOff },
          ...refreshChoices.map((seconds) => ({ value: String(seconds), label: `${seconds} s` })),
        ]}
      />
    </form>
  );
}

export function presetWords(from: string, words: Words): string {
  const relative = relativeOf(from);
  return relative ? words.last(relative.count, relative.unit) : from;
}

function rangeWords(search: Search, range: { startMs: number; endMs: number }, words: Words, format: Format): string {
  if (isLive(search)) return presetWords(search.from ?? rangeDefault.from, words);
  const sameDay = new Date(range.startMs).toDateString() === new Date(range.endMs).toDateString();
  const short = range.endMs - range.startMs < 600_000 ? format.clock : (ms: number) => format.tick(ms, 60_000);
  return sameDay
    ? `${format.moment(range.startMs).replace(/,? \d\d:\d\d$/, '')} ${short(range.startMs)} – ${short(range.endMs)}`
    : `${format.moment(range.startMs)} – ${format.moment(range.endMs)}`;
}

// What was typed relative stays relative; everything else becomes the instant it meant.
function kept(text: string, ms: number): string {
  return text.trim().startsWith('now') ? text.trim() : String(ms);
}

function written(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
