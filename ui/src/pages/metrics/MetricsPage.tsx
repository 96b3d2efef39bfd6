import { Button, SegmentedControl, Select, Switch } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useAskAgain } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty } from '../../parts/Faces.tsx';
import { QueryEditor } from '../../parts/QueryEditor.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { GraphResult } from './GraphResult.tsx';
import { MetricList } from './MetricList.tsx';
import { promql } from './promqlLanguage.ts';
import { stepChoices, stepMsFor } from './step.ts';
import { TableResult } from './TableResult.tsx';
import './metrics.css';

const queriesMax = 8;

/** Metrics: PromQL with help, as a graph or a table. */
export function MetricsPage() {
  const words = useWords();
  const [search, change] = useUrl();
  const narrow = useMediaQuery('(max-width: 900px)', window.innerWidth <= 900, { getInitialValueInEffect: false });
  const asked = search.q ?? [''];
  const [drafts, setDrafts] = useDrafts(asked);
  const askAgain = useAskAgain();
  useTitle(words.metrics);
  const run = (queries: readonly string[]) => {
    setDrafts(queries);
    if (queries.join('\n') === asked.join('\n')) askAgain();
    else change({ q: queries.some((query) => query.trim() !== '') ? queries : undefined });
  };
  const replaced = (index: number, query: string) => drafts.map((draft, i) => (i === index ? query : draft));
  const pick = (query: string) =>
    run(
      drafts.at(-1)?.trim() === ''
        ? replaced(drafts.length - 1, query)
        : drafts.length === 1
          ? [query]
          : replaced(drafts.length - 1, query),
    );
  const questions = asked.filter((query) => query.trim() !== '');
  return (
    <div className="metrics-page">
      {!narrow && <MetricList onPick={pick} />}
      <div className="metrics-main">
        <h1 className="hidden-word">{words.metrics}</h1>
        {drafts.map((draft, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a query is known by its place.
          <div key={index} className="metrics-query">
            <span className="metrics-letter">{letterOf(index)}</span>
            <QueryEditor
              language={promql}
              value={draft}
              label={`${words.query} ${letterOf(index)}`}
              hint={words.queryHint}
              onChange={(text) => setDrafts(replaced(index, text))}
              onRun={(text) => run(replaced(index, text))}
            />
            {drafts.length > 1 && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="gray"
                aria-label={words.removeQuery}
                onClick={() => run(drafts.filter((_, i) => i !== index))}
              >
                <IconTrash size={15} />
              </Button>
            )}
          </div>
        ))}
        <div className="metrics-tools">
          <Button size="xs" onClick={() => run(drafts)}>
            {words.run}
          </Button>
          {drafts.length < queriesMax && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => setDrafts([...drafts, ''])}
            >
              {words.addQuery}
            </Button>
          )}
          <Options />
        </div>
        {questions.length === 0 ? (
          <Empty title={words.metricsPick} hint={words.metricsPickHint} />
        ) : search.view === 'table' ? (
          <TableResult queries={questions} />
        ) : (
          <GraphResult queries={questions} />
        )}
        {narrow && questions.length === 0 && <MetricList onPick={pick} />}
      </div>
    </div>
  );
}

export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function Options() {
  const words = useWords();
  const format = useFormat();
  const [search, change] = useUrl();
  const range = useRange();
  const table = search.view === 'table';
  return (
    <div className="metrics-options">
      {!table && (
        <>
          <Switch
            size="xs"
            label={words.showExemplars}
            title={words.exemplarsHint}
            checked={search.exemplars === '1'}
            onChange={(event) =>
              change({ exemplars: event.currentTarget.checked ? '1' : undefined }, { replace: true })
            }
          />
          <Select
            size="xs"
            w={168}
            aria-label={words.stepWidth}
            data={[
              { value: 'auto', label: words.stepAuto(format.durationMs(stepMsFor(range, undefined))) },
              ...stepChoices.map((step) => ({ value: step, label: step })),
            ]}
            value={search.step ?? 'auto'}
            onChange={(value) =>
              change({ step: value === 'auto' || value === null ? undefined : value }, { replace: true })
            }
          />
        </>
      )}
      <SegmentedControl
        size="xs"
        value={table ? 'table' : 'graph'}
        onChange={(value) => change({ view: value === 'table' ? 'table' : undefined }, { replace: true })}
        data={[
          { value: 'graph', label: words.graph },
          { value: 'table', label: words.table },
        ]}
      />
    </div>
  );
}

// What is being typed is not yet what is asked; what is asked (the address) wins when it changes.
function useDrafts(asked: readonly string[]): [readonly string[], (drafts: readonly string[]) => void] {
  const [drafts, setDrafts] = useState(asked);
  const key = asked.join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the asked text counts, not of the array holding it.
  useEffect(() => setDrafts(asked), [key]);
  return [drafts, setDrafts];
}
