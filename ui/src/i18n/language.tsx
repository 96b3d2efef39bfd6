import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Format, makeFormat } from '../format/format.ts';
import { en } from './en.ts';
import { pt } from './pt.ts';
import type { Language, Words } from './words.ts';

interface Speech {
  readonly language: Language;
  readonly speak: (language: Language) => void;
  readonly words: Words;
  readonly format: Format;
}

const storageKey = 'farol.language';
const Spoken = createContext<Speech | undefined>(undefined);

/** Gives every component its words and number formats, in the reader's language. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(preferred);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(
    () => ({
      language,
      speak: (next) => {
        localStorage.setItem(storageKey, next);
        setLanguage(next);
      },
      words: language === 'pt-BR' ? pt : en,
      format: makeFormat(language === 'pt-BR' ? 'pt-BR' : 'en-US'),
    }),
    [language],
  );
  return <Spoken value={speech}>{children}</Spoken>;
}

export function useSpeech(): Speech {
  const speech = useContext(Spoken);
  if (!speech) throw new Error('useSpeech is called outside of LanguageProvider');
  return speech;
}

export const useWords = (): Words => useSpeech().words;
export const useFormat = (): Format => useSpeech().format;

function preferred(): Language {
  const kept = localStorage.getItem(storageKey);
  if (kept === 'en' || kept === 'pt-BR') return kept;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith('pt')) &&
    !navigator.language.toLowerCase().startsWith('en')
    ? 'pt-BR'
    : 'en';
}
