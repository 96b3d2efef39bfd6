/**
 * A line as words and the gaps between them, with `<_>` where a number, an address or an id stands: what is left is
 * mostly what the program's author wrote.
 */

export interface LineWords {
  readonly words: readonly string[];
  /** What stands before each word, and after the last. */
  readonly gaps: readonly string[];
}

/** What LogQL's patterns write for "anything". */
export const hole = '<_>';

/** The rest of a longer line says what it says to itself. */
const wordsMax = 96;
const charsMax = 4096;

export function wordsOf(line: string): LineWords {
  const text = messageIn(line) ?? line;
  const cut = text.length > charsMax ? text.slice(0, charsMax) : text;
  const words: string[] = [];
  const gaps: string[] = [];
  let end = 0;
  for (const match of cut.matchAll(/\S+/g)) {
    const word = masked(match[0]);
    const before = cut.slice(end, match.index);
    end = match.index + match[0].length;
    if (isRepeat(words.at(-1), word)) {
      words[words.length - 1] = hole;
      continue;
    }
    gaps.push(before);
    if (words.length === wordsMax) {
      words.push(hole);
      return { words, gaps: [...gaps, ''] };
    }
    words.push(word);
  }
  gaps.push(cut.slice(end));
  return isWhole(text, line) ? { words, gaps } : within({ words, gaps });
}

/** A list of ids (`blk_1 blk_2 blk_3`) is one variable, however long. */
function isRepeat(before: string | undefined, word: string): boolean {
  return before === word ? word.includes(hole) : before === hole && /^\W*\w*<_>\W*$/.test(word) && word !== hole;
}

const isWhole = (text: string, line: string): boolean => text === line;

/** Of a JSON line only the message is read: around it there are fields, in any order. */
function within({ words, gaps }: LineWords): LineWords {
  return { words: [hole, ...words, hole], gaps: ['', '"', ...gaps.slice(1, -1), '"', ''] };
}

const messageKeys = ['msg', 'message', 'log', '_msg', 'content'];

/** The message of a JSON line, as it is written there, escapes and all; undefined for lines that have none. */
export function messageIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  for (const key of messageKeys) {
    const at = line.indexOf(`"${key}"`);
    if (at < 0) continue;
    const open = /^\s*:\s*"/.exec(line.slice(at + key.length + 2, at + key.length + 12));
    if (open === null) continue;
    const start = at + key.length + 2 + open[0].length;
    const end = closingQuote(line, start);
    if (end > start) return line.slice(start, end);
  }
  return undefined;
}

function closingQuote(line: string, start: number): number {
  for (let at = start; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === '"') return at;
  }
  return -1;
}

const ids = [
  // UUIDs, addresses with their port, hashes; then numbers, with their sign, fraction and exponent.
  /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/g,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g,
  /\b(?:0x)?(?=[0-9a-fA-F]*\d)(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{6,}\b/g,
  /(?<=_)(?=[0-9a-zA-Z]*\d)[0-9a-zA-Z]{12,}(?![0-9a-zA-Z])/g,
  /(?<![A-Za-z0-9])-?\d+(?:\.\d+)*/g,
  // Digits behind letters belong to a name (`http2`) while they are few.
  /(?<=[A-Za-z])\d{3,}/g,
];

function masked(word: string): string {
  if (!/\d/.test(word)) return word;
  let text = word;
  for (const id of ids) text = text.replace(id, hole);
  // Holes that only punctuation divides are one.
  return text.replace(/<_>(?:[-.:/,_%]?<_>)+/g, hole);
}
