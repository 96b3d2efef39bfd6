import { Autocomplete, SegmentedControl, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { useOperations } from '../../data/queries.ts';
import { useWords } from '../../i18n/language.tsx';
import type { Search } from '../../url/search.ts';
import { useUrl } from '../../url/useUrl.ts';
import { isTag, parseDurationMs } from './duration.ts';

export function TraceFilters() {
  const words = useWords();
  const [search, change] = useUrl();
  return (
    <div className="trace-filters">
      <Operation key={search.op} />
      <SegmentedControl
        size="xs"
        aria-label={words.outcome}
        value={search.status ?? 'any'}
        onChange={(value) => change({ status: value === 'any' ? undefined : (value as Search['status']) })}
        data={[
          { value: 'any', label: words.outcomeAny },
          { value: 'error', label: words.outcomeError },
          { value: 'ok', label: words.outcomeOk },
        ]}
      />
      <span className="trace-durations">
        <span className="quiet">{words.duration}</span>
        <Duration key={`min ${search.min}`} of="min" label={words.minDuration} />
        <Duration key={`max ${search.max}`} of="max" label={words.maxDuration} />
      </span>
      <Tags />
      <SegmentedControl
        size="xs"
        aria-label={words.order}
        value={search.order ?? 'recent'}
        onChange={(value) => change({ order: value === 'recent' ? undefined : (value as Search['order']) })}
        data={[
          { value: 'recent', label: words.orderRecent },
          { value: 'slowest', label: words.orderSlowest },
        ]}
      />
    </div>
  );
}

function Operation() {
  const words = useWords();
  const [search, change] = useUrl();
  const [text, setText] = useState(search.op ?? '');
  const operations = useOperations(search.service);
  const commit = (value: string) => {
    if (value !== (search.op ?? '')) change({ op: value === '' ? undefined : value });
  };
  return (
    <Autocomplete
      size="xs"
      className="trace-operation"
      aria-label={words.operation}
      placeholder={words.anyOperation}
      data={[...new Set(operations.data?.data ?? [])]}
      limit={50}
      value={text}
      onChange={setText}
      onOptionSubmit={commit}
      onBlur={() => commit(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit(event.currentTarget.value);
      }}
      clearable
      onClear={() => commit('')}
    />
  );
}

function Duration({ of, label }: { of: 'min' | 'max'; label: string }) {
  const words = useWords();
  const [search, change] = useUrl();
  const [text, setText] = useState(search[of] ?? '');
  const wrong = text !== '' && parseDurationMs(text) === undefined;
  const commit = () => {
    if (!wrong && text !== (search[of] ?? '')) change({ [of]: text === '' ? undefined : text });
  };
  return (
    <TextInput
      size="xs"
      className="trace-duration"
      aria-label={`${words.duration}: ${label}`}
      placeholder={label}
      title={wrong ? words.durationInvalid : words.durationHint}
      value={text}
      error={wrong}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

function Tags() {
  const words = useWords();
  const [search, change] = useUrl();
  const [text, setText] = useState('');
  const tags = search.tag ?? [];
  const wrong = text !== '' && text.includes('=') && !isTag(text);
  const add = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Enter' || !isTag(text)) return;
    change({ tag: [...new Set([...tags, text.trim()])] });
    setText('');
  };
  return (
    <span className="trace-tags">
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          className="chip mono"
          aria-label={words.clearFilter(tag)}
          onClick={() => change({ tag: tags.filter((other) => other !== tag) })}
        >
          {tag} <IconX size={11} />
        </button>
      ))}
      <TextInput
        size="xs"
        aria-label={words.tags}
        placeholder={words.tagHint}
        title={wrong ? words.tagInvalid : undefined}
        error={wrong}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={add}
      />
    </span>
  );
}
