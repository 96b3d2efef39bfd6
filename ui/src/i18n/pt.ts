import { queries } from './pt/queries.ts';
import { rules } from './pt/rules.ts';
import { screens } from './pt/screens.ts';
import { shell } from './pt/shell.ts';
import type { Words } from './words.ts';

/** As mesmas frases, escritas por quem fala português do Brasil. */
export const pt: Words = { ...shell, ...screens, ...queries, ...rules };
