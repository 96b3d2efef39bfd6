import { TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useWords } from '../../i18n/language.tsx';
import type { Search } from '../../url/search.ts';
import { useUrl } from '../../url/useUrl.ts';

/** What is being asked: words, and every other filter as a chip one can take away. */
export function QueryLine() {
  const words = useWords();
  const [search, change] = useUrl();
  const [text, setText] = useState(search.text ?? '');
  useEffect(() => setText(search.text ?? ''), [search.text]);
  const commit = () => {
    if (text.trim() !== (search.text ?? '')) change({ text: text.trim() || undefined });
  };
  return (
    <div className="query-line">
      <TextInput
        size="xs"
        className="query-text"
        leftSection={<IconSearch size={14} />}
        placeholder={words.logSearch}
        aria-label={words.search}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
      {chipsOf(search).map(({ label, without }) => (
        <button
          key={label}
          type="button"
          className="chip mono query-chip"
          aria-label={words.clearFilter(label)}
          onClick={() => change(without)}
        >
          <span className="cut">{label}</span> <IconX size={11} />
        </button>
      ))}
    </div>
  );
}

function chipsOf(search: Search): readonly { label: string; without: Search }[] {
  const levels = (search.level ?? []).map((level) => ({
    label: `level=${level}`,
    without: { level: search.level?.filter((other) => other !== level) },
  }));
  const attrs = (search.attr ?? []).map((attr) => ({
    label: attr,
    without: { attr: search.attr?.filter((other) => other !== attr) },
  }));
  const trace =
    search.trace === undefined
      ? []
      : [{ label: `trace_id=${search.trace.slice(0, 8)}…`, without: { trace: undefined, span: undefined } }];
  const span =
    search.trace === undefined || search.span === undefined
      ? []
      : [{ label: `span_id=${search.span}`, without: { span: undefined } }];
  return [...levels, ...attrs, ...trace, ...span];
}
