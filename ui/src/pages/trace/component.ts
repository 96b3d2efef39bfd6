import type { ComponentKind } from '@farol/contract';
import type { Words } from '../../i18n/words.ts';
import { hueVar } from '../../look/hues.ts';

export interface ComponentPlace {
  readonly kind: ComponentKind;
  readonly name: string;
}

export const componentKey = ({ kind, name }: ComponentPlace): string => `${kind} ${name}`;

/**
 * How a component is painted, in the header's bar and in the waterfall alike: the hue says who (a service, a database,
 * a host), the texture says what (solid: handling or querying; pale: own code; striped: waiting for someone else).
 */
export function paintOf({ kind, name }: ComponentPlace): string {
  const hue = hueVar(name);
  switch (kind) {
    case 'http':
    case 'database':
      return hue;
    case 'code':
      return `color-mix(in srgb, ${hue} 55%, var(--bg))`;
    case 'external':
    case 'messaging':
      return `repeating-linear-gradient(135deg, ${hue} 0 4px, color-mix(in srgb, ${hue} 45%, var(--bg)) 4px 7px)`;
    case 'waiting':
      return 'repeating-linear-gradient(135deg, var(--line-strong) 0 2px, transparent 2px 6px)';
  }
}

export function componentWord(kind: ComponentKind, words: Words): string {
  return {
    http: words.componentHttp,
    database: words.componentDatabase,
    external: words.componentExternal,
    messaging: words.componentMessaging,
    code: words.componentCode,
    waiting: words.componentWaiting,
  }[kind];
}
