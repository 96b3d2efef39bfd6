import type { Step } from './stage.ts';

const ESC = '\u001b';
const CSI = '\u009b';
const BEL = '\u0007';

const title = `(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?${BEL}`;
const colour = '(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]';
const escapeSequence = new RegExp(`[${ESC}${CSI}][[\\]()#;?]*(?:${title}|${colour})`, 'g');

/** `| decolorize`: terminal colours leave the line. */
export function decolorize(): Step {
  return (state) => {
    if (state.line.includes(ESC) || state.line.includes(CSI)) state.line = state.line.replace(escapeSequence, '');
    return true;
  };
}
