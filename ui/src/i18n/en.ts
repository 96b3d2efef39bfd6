import { queries } from './en/queries.ts';
import { rules } from './en/rules.ts';
import { screens } from './en/screens.ts';
import { shell } from './en/shell.ts';

/** Every sentence of the product, in English. The keys are the type; pt.ts must have each of them. */
export const en = { ...shell, ...screens, ...queries, ...rules };
