/**
 * The categorical palette: eight hues per scheme that stay apart under protanopia and deuteranopia (hues.test.ts
 * measures it), and that avoid amber (the accent), yellow and red (status).
 */
export const hues = {
  dark: ['#44abaf', '#3285e8', '#dd96f6', '#8fa500', '#c94365', '#b4defc', '#8c69a8', '#90f1a8'],
  light: ['#134d44', '#266ed2', '#865786', '#909f00', '#d27b97', '#33aae6', '#521e8d', '#007b22'],
} as const;

export const hueCount = 8;

const storageKey = 'farol.hues';
const rememberedMax = 500;
const known: Map<string, number> = remembered();

/**
 * The place of a service (or database, or host) in the palette. The first choice is the name's own hash, so that two
 * people see the same colour; when that hue is taken by another known name the next free one is used and kept.
 */
export function hueOf(name: string): number {
  const kept = known.get(name);
  if (kept !== undefined) return kept;
  const taken = new Set([...known.values()]);
  const wanted = hashOf(name) % hueCount;
  let hue = wanted;
  for (let i = 0; i < hueCount && taken.size < hueCount; i++) {
    hue = (wanted + i) % hueCount;
    if (!taken.has(hue)) break;
  }
  known.set(name, hue);
  remember();
  return hue;
}

/** A CSS colour that follows the scheme. */
export function hueVar(name: string): string {
  return `var(--hue-${hueOf(name)})`;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function remembered(): Map<string, number> {
  if (typeof localStorage === 'undefined') return new Map();
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '[]') as unknown;
    if (!Array.isArray(kept)) return new Map();
    return new Map(
      kept.filter(
        (pair): pair is [string, number] =>
          Array.isArray(pair) && typeof pair[0] === 'string' && pair[1] >= 0 && pair[1] < hueCount,
      ),
    );
  } catch {
    // A colour is not worth an error; what cannot be read is forgotten.
    return new Map();
  }
}

function remember(): void {
  if (typeof localStorage === 'undefined') return;
  try {
    localStorage.setItem(storageKey, JSON.stringify([...known].slice(0, rememberedMax)));
  } catch {
    // Storage may be full or forbidden; colours then last as long as the page.
  }
}
