import type { Attribute } from '@farol/contract';
import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { IconFilter, IconFilterMinus } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useWords } from '../i18n/language.tsx';
import { CopyButton } from './CopyButton.tsx';

interface AttributesProps {
  readonly of: readonly Attribute[];
  readonly onFilterIn?: (attribute: Attribute) => void;
  readonly onFilterOut?: (attribute: Attribute) => void;
  readonly filterInLabel?: string;
  readonly searchable?: boolean;
}

const searchFrom = 12;

/** Keys and values as a table one can read, copy from, search, and filter with. */
export function Attributes({ of, onFilterIn, onFilterOut, filterInLabel, searchable = true }: AttributesProps) {
  const words = useWords();
  const [sought, setSought] = useState('');
  if (of.length === 0) return <p className="faint none">{words.noAttributes}</p>;
  const needle = sought.toLowerCase();
  const shown = of.filter(
    ({ key, value }) => key.toLowerCase().includes(needle) || value.toLowerCase().includes(needle),
  );
  return (
    <>
      {searchable && of.length > searchFrom && (
        <TextInput
          size="xs"
          mb={4}
          placeholder={words.filterAttributes}
          aria-label={words.filterAttributes}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
      )}
      <table className="attributes">
        <tbody>
          {shown.map((attribute) => (
            <tr key={attribute.key}>
              <th scope="row">{breakable(attribute.key)}</th>
              <td className="mono">{attribute.value === '' ? <span className="faint">""</span> : attribute.value}</td>
              <td className="attributes-actions">
                {onFilterIn && (
                  <Tooltip label={filterInLabel ?? words.filterIn} openDelay={300}>
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      aria-label={`${filterInLabel ?? words.filterIn}: ${attribute.key}`}
                      onClick={() => onFilterIn(attribute)}
                    >
                      <IconFilter size={14} />
                    </ActionIcon>
                  </Tooltip>
                )}
                {onFilterOut && (
                  <Tooltip label={words.filterOut} openDelay={300}>
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      aria-label={`${words.filterOut}: ${attribute.key}`}
                      onClick={() => onFilterOut(attribute)}
                    >
                      <IconFilterMinus size={14} />
                    </ActionIcon>
                  </Tooltip>
                )}
                <CopyButton text={attribute.value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** A long key goes on in the next line between its words, not within one. */
function breakable(key: string) {
  return key.split(/(?<=[._/-])/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a key have no identity but their place.
    <Fragment key={i}>
      {part}
      <wbr />
    </Fragment>
  ));
}
