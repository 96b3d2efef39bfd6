import { IconZoomCode } from '@tabler/icons-react';
import { useWords } from '../i18n/language.tsx';
import { Go } from './Go.tsx';

/** From an answer to what it cost. Nothing while the answer has no id, or has been asked long ago. */
export function Inspect({ id }: { id: string | undefined }) {
  const words = useWords();
  if (id === undefined) return null;
  return (
    <Go to="/queries" search={{ asked: id }} className="link inspect" title={words.inspectHint}>
      <IconZoomCode size={14} stroke={1.6} aria-hidden="true" /> {words.inspect}
    </Go>
  );
}
