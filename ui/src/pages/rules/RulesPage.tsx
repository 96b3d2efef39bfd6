import { SegmentedControl, Skeleton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type RuleGroup, useRules } from '../../data/rules.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Section } from '../../parts/Section.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useUrl } from '../../url/useUrl.ts';
import { RuleItem } from './RuleItem.tsx';
import { countOf, firstRules, matching, type Standing } from './standing.ts';
import './rules.css';

const everyMs = 10_000;
const rulesShown = 200;

/** Rules: what is recorded, what alerts, how each stands, and why one fails. */
export function RulesPage() {
  const words = useWords();
  const answer = useRules(everyMs);
  useTitle(words.rules);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.rules}</h1>
        <span className="quiet">{words.rulesTellNobody}</span>
      </header>
      <Faces
        of={answer}
        loading={<Skeleton height={320} />}
        isEmpty={(groups) => groups.length === 0}
        empty={<HowTo />}
        full={(groups) => <Rules groups={groups} />}
      />
    </div>
  );
}

function HowTo() {
  const words = useWords();
  const command = 'npm start -- --rules "rules/*.yml"';
  return (
    <Empty title={words.rulesNone} hint={words.rulesNoneHint}>
      <code className="mono rules-command">{command}</code>
      <CopyButton text={command} />
    </Empty>
  );
}

function Rules({ groups }: { groups: readonly RuleGroup[] }) {
  const words = useWords();
  const [{ state, text }, change] = useUrl();
  const standing: Standing | undefined = state;
  const { shown, left } = firstRules(matching(groups, { text, standing }), rulesShown);
  const choice = (value: Standing, label: string) => ({ value, label: `${label} ${countOf(groups, value)}` });
  return (
    <>
      <div className="rules-filters">
        <SegmentedControl
          size="xs"
          aria-label={words.ruleState}
          value={standing ?? 'any'}
          onChange={(value) => change({ state: value === 'any' ? undefined : (value as typeof state) })}
          data={[
            { value: 'any', label: words.ruleAny },
            choice('firing', words.ruleFiring),
            choice('pending', words.rulePending),
            choice('failing', words.ruleFailing),
          ]}
        />
        <Search key={text} />
      </div>
      {shown.length === 0 && <Empty title={words.rulesNoMatch} />}
      {shown.map((group) => (
        <GroupSection key={`${group.file};${group.name}`} group={group} />
      ))}
      {left > 0 && <p className="quiet">{words.rulesLeft(left)}</p>}
    </>
  );
}

function Search() {
  const words = useWords();
  const [search, change] = useUrl();
  const [text, setText] = useState(search.text ?? '');
  const commit = () => {
    if (text !== (search.text ?? '')) change({ text: text === '' ? undefined : text });
  };
  return (
    <TextInput
      size="xs"
      className="rules-search"
      aria-label={words.rulesSearch}
      placeholder={words.rulesSearch}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

function GroupSection({ group }: { group: RuleGroup }) {
  const words = useWords();
  const format = useFormat();
  const { lastEvaluationMs } = group;
  return (
    <Section
      title={group.name}
      hint={group.file}
      className="rules-group"
      aside={
        <span className="quiet">
          {words.ruleEvery(format.durationMs(group.intervalSeconds * 1_000))}
          {lastEvaluationMs !== undefined && (
            <span title={format.full(lastEvaluationMs)}>
              {' · '}
              {words.ruleLast(
                format.ago(lastEvaluationMs, Date.now()),
                format.durationMs(group.evaluationSeconds * 1_000),
              )}
            </span>
          )}
        </span>
      }
    >
      <ul className="rules-list">
        {group.rules.map((rule) => (
          <RuleItem key={rule.place} rule={rule} />
        ))}
      </ul>
    </Section>
  );
}
