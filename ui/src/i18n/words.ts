import type { en } from './en.ts';

/** The shape every language has: the English keys, with the same arguments. */
export type Words = {
  readonly [K in keyof typeof en]: (typeof en)[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : string;
};

export type Language = 'en' | 'pt-BR';
