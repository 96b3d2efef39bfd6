import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowsMinimize,
  IconArrowsVertical,
  IconChevronDown,
  IconChevronUp,
  IconSearch,
} from '@tabler/icons-react';
import type { RefObject } from 'react';
import { useWords } from '../../i18n/language.tsx';

interface WaterfallToolsProps {
  readonly finder: RefObject<HTMLInputElement | null>;
  readonly sought: string;
  readonly onSought: (text: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  /** 1-based; 0 when the selected span is not a match. */
  readonly matchAt: number;
  readonly matchCount: number;
  readonly failing: (() => void) | undefined;
  readonly onFoldAll: () => void;
  readonly onUnfoldAll: () => void;
}

export function WaterfallTools(props: WaterfallToolsProps) {
  const words = useWords();
  const { finder, sought, onSought, onStep, matchAt, matchCount, failing } = props;
  return (
    <div className="waterfall-tools">
      <TextInput
        ref={finder}
        size="xs"
        className="waterfall-find"
        leftSection={<IconSearch size={14} />}
        placeholder={words.searchInTrace}
        aria-label={words.searchInTrace}
        title={words.waterfallKeys}
        value={sought}
        onChange={(event) => onSought(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {sought.trim() !== '' && (
        <>
          <span className="quiet nowrap" role="status">
            {matchCount === 0 ? words.noMatches : words.matchesOf(matchAt, matchCount)}
          </span>
          <Tool label={words.previousMatch} onClick={() => onStep(-1)} icon={<IconChevronUp size={15} />} />
          <Tool label={words.nextMatch} onClick={() => onStep(1)} icon={<IconChevronDown size={15} />} />
        </>
      )}
      <span className="waterfall-right">
        {failing && (
          <Button size="compact-xs" variant="light" onClick={failing}>
            {words.goToFailing}
          </Button>
        )}
        <Tool label={words.collapseAll} onClick={props.onFoldAll} icon={<IconArrowsMinimize size={15} />} />
        <Tool label={words.expandAll} onClick={props.onUnfoldAll} icon={<IconArrowsVertical size={15} />} />
      </span>
    </div>
  );
}

function Tool({ label, onClick, icon }: { label: string; onClick: () => void; icon: React.ReactNode }) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
