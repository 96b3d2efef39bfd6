import { messageIn } from './shape.ts';

const digit = 1;
const hexLetter = 2;
const letter = 3;
/** What each character code below 128 is; 0 parts runs from each other. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/\d/.test(char)) return digit;
  return /[a-f]/i.test(char) ? hexLetter : /[a-z]/i.test(char) ? letter : 0;
});

const charsMax = 4096;
const maskedDigits = 3;
const maskedHexDigits = 6;
const seed = 0x811c9dc5;
const placeholder = 0x23;

/**
 * A number for a line, at a hundredth of the work of its words: lines with the same number have the same words (short of
 * a collision of 52-bit hashes), for only what is certainly masked is left out: runs of digits, and of hexadecimal digits
 * that are long enough. Lines that differ in a word, and some that do not, have different ones. Hot.
 */
export function shapeKeyOf(line: string): number {
  const text = messageIn(line) ?? line;
  const end = Math.min(text.length, charsMax);
  let low = seed;
  let high = text === line ? 1 : 2;
  let at = 0;
  while (at < end) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (kinds[code] as number) : letter;
    if (kind === 0) {
      low = Math.imul(low ^ code, 16777619);
      high = Math.imul(high ^ code, 0x5bd1e995) ^ (low >>> 15);
      at++;
      continue;
    }
    // A run of letters and digits, as it is and as it is once its longer numbers are masked.
    const start = at;
    let digits = 0;
    let others = 0;
    let inRow = 0;
    let run = seed;
    let beforeRow = seed;
    for (; at < end; at++) {
      const next = text.charCodeAt(at);
      const nextKind = next < 128 ? (kinds[next] as number) : letter;
      if (nextKind === 0) break;
      if (nextKind === digit) {
        if (inRow === 0) beforeRow = run;
        inRow++;
        digits++;
        run = Math.imul(
          (inRow < maskedDigits ? run : beforeRow) ^ (inRow < maskedDigits ? next : placeholder),
          16777619,
        );
      } else {
        inRow = 0;
        if (nextKind === letter) others++;
        run = Math.imul(run ^ next, 16777619);
      }
    }
    const length = at - start;
    const isMasked = digits === length || (digits > 0 && others === 0 && length >= maskedHexDigits);
    const said = isMasked ? placeholder : run;
    low = Math.imul(low ^ said, 16777619);
    high = Math.imul(high ^ said, 0x5bd1e995) ^ (low >>> 15);
  }
  return (high >>> 12) * 4294967296 + (low >>> 0);
}
