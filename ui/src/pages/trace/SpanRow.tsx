import { IconChevronDown, IconChevronRight, IconLinkOff, IconX } from '@tabler/icons-react';
import { memo } from 'react';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Dot } from '../../parts/names.tsx';
import { paintOf } from './component.ts';
import { isLit } from './lit.ts';
import type { Window } from './Minimap.tsx';
import type { Row } from './tree.ts';

interface SpanRowProps {
  readonly row: Row;
  readonly top: number;
  readonly parentService: string;
  readonly window: Window;
  readonly selected: boolean;
  readonly failing: boolean;
  readonly matching: boolean;
  readonly lit: string | undefined;
  readonly onSelect: (spanId: string) => void;
  readonly onFold: (spanId: string) => void;
}

const indentPixels = 14;
/** Beyond this depth the indent stops, or the names would leave the screen. */
const indentLevelsMax = 14;
/** Where there is room for the duration: right of the bar, else left of it, else inside. */
const roomShare = 0.16;

export const SpanRow = memo(function SpanRow({
  row,
  top,
  parentService,
  window,
  selected,
  failing,
  matching,
  lit,
  onSelect,
  onFold,
}: SpanRowProps) {
  const words = useWords();
  const format = useFormat();
  const { span, below, folded } = row;
  const place = { kind: span.component, name: span.componentName };
  const lengthNs = window.toNs - window.fromNs;
  const left = (span.offsetNs - window.fromNs) / lengthNs;
  const width = span.durationNs / lengthNs;
  const error = span.status === 'error';
  const outside = left + width < 0 || left > 1;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree's own keys (useKeys in Waterfall.tsx) move the selection.
    <div
      id={`span-${span.spanId}`}
      className="span-row"
      role="treeitem"
      tabIndex={-1}
      aria-level={span.depth + 1}
      aria-expanded={below > 0 ? !folded : undefined}
      aria-selected={selected}
      data-selected={selected || undefined}
      data-failing={failing || undefined}
      data-matching={matching || undefined}
      data-dim={!isLit(place, lit) || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(span.spanId)}
    >
      <div className="span-name" style={{ paddingLeft: Math.min(span.depth, indentLevelsMax) * indentPixels }}>
        {below > 0 ? (
          <button
            type="button"
            className="bare span-fold"
            tabIndex={-1}
            aria-label={folded ? words.expand : words.collapse}
            onClick={(event) => {
              event.stopPropagation();
              onFold(span.spanId);
            }}
          >
            {folded ? <IconChevronRight size={14} /> : <IconChevronDown size={14} />}
          </button>
        ) : (
          <span className="span-fold" />
        )}
        <Dot name={span.service} />
        {span.service !== parentService && <span className="quiet nowrap">{span.service}</span>}
        <span className="cut" title={span.name}>
          {span.name}
        </span>
        {span.orphan && (
          <span title={words.orphan} className="faint">
            <IconLinkOff size={13} aria-label={words.orphan} />
          </span>
        )}
        {error && (
          <span className="span-error" title={span.statusMessage || words.failedWord}>
            <IconX size={12} stroke={3} aria-hidden="true" />
            <span className={failing ? 'nowrap' : 'hidden-word'}>{failing ? words.failedHere : words.failedWord}</span>
          </span>
        )}
        {folded && <span className="faint nowrap">{words.spansHidden(below)}</span>}
      </div>
      <div className="span-track">
        {!outside && (
          <>
            <i
              className="span-bar"
              data-error={error || undefined}
              style={{ left: `${left * 100}%`, width: `${width * 100}%`, background: paintOf(place) }}
            />
            <span
              className="span-duration"
              data-inside={(left + width > 1 - roomShare && left < roomShare) || undefined}
              style={labelPlace(left, left + width)}
            >
              {format.durationNs(span.durationNs)}
            </span>
          </>
        )}
      </div>
    </div>
  );
});

function labelPlace(left: number, right: number): { left?: string; right?: string } {
  if (right <= 1 - roomShare) return { left: `${Math.max(0, right) * 100}%` };
  if (left >= roomShare) return { right: `${Math.max(0, 1 - left) * 100}%` };
  return { right: `${Math.max(0, 1 - right) * 100}%` };
}
