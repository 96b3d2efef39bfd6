import type { Level } from '@farol/contract';
import { useWords } from '../i18n/language.tsx';
import type { Words } from '../i18n/words.ts';
import { hueVar } from '../look/hues.ts';
import { Go } from './Go.tsx';

/** A service's dot, in its own hue wherever it appears. */
export function Dot({ name }: { name: string }) {
  return <i className="dot" style={{ background: hueVar(name) }} aria-hidden="true" />;
}

export function ServiceLink({ name }: { name: string }) {
  return (
    <Go to="/services/$name" params={{ name }} search={{ service: undefined }} className="service-link">
      <Dot name={name} />
      <span className="cut">{name}</span>
    </Go>
  );
}

export const levels: readonly Level[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'];

export const levelColor: Readonly<Record<Level, string>> = {
  fatal: 'var(--fatal)',
  error: 'var(--bad)',
  warn: 'var(--warn)',
  info: 'var(--info)',
  debug: 'var(--rest)',
  trace: 'var(--line-strong)',
  unknown: 'var(--line-strong)',
};

export function levelWord(level: string, words: Words): string {
  return level === 'unknown' ? words.levelUnknown : level;
}

export function LevelTag({ level }: { level: Level }) {
  const words = useWords();
  return (
    <span className="level" data-level={level}>
      {levelWord(level, words)}
    </span>
  );
}
