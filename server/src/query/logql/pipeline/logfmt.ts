import type { Extraction } from '@farol/logql';
import { cleanValue, extract, failParser, hasAllRequired, isNeedless, isUseless, nameCache } from './fields.ts';
import { LogfmtScanner } from './logfmtscan.ts';
import type { Hints, Step } from './stage.ts';

const LOGFMT_ERROR = 'LogfmtParserErr';

interface Options {
  readonly strict: boolean;
  readonly keepEmpty: boolean;
}

/** Every `key=value` of the line. A bad pair is left out, or with `--strict` ends the line with an error. */
export function logfmtParser({ strict, keepEmpty }: Options, hints: Hints): Step {
  const nameOf = nameCache();
  const scanner = new LogfmtScanner();
  return (state) => {
    if (isNeedless(state, hints)) return true;
    scanner.reset(state.line);
    while (!scanner.isAtEnd) {
      if (!scanner.next()) {
        if (strict) break;
        continue;
      }
      // In plain text every word is a key without a value: too many names to remember.
      if (!keepEmpty && !scanner.hasValue) continue;
      const name = nameOf(scanner.key);
      if (name === '' || isUseless(hints, name)) continue;
      extract(state, hints, name, cleanValue(scanner.value));
      if (hasAllRequired(state, hints)) break;
    }
    if (strict && scanner.problem !== '') failParser(state, hints, LOGFMT_ERROR, scanner.problem);
    return true;
  };
}

/** `| logfmt a, b="c"`: only what is named; what the line does not have gives an empty label. */
export function logfmtExtractor(extractions: readonly Extraction[], strict: boolean, hints: Hints): Step {
  const nameOf = nameCache();
  const scanner = new LogfmtScanner();
  const names = new Set(extractions.map(({ name }) => name));
  const nameOfPath = new Map(extractions.map(({ name, path }) => [path, name]));
  return (state) => {
    if (isNeedless(state, hints)) return true;
    for (const name of names) if (state.nameFor(name) === name) state.set(name, '');
    scanner.reset(state.line);
    while (!scanner.isAtEnd) {
      if (!scanner.next()) {
        if (strict) break;
        continue;
      }
      const key = nameOf(scanner.key);
      const name = nameOfPath.get(key) ?? key;
      if (!names.has(name)) continue;
      const { value } = scanner;
      state.set(state.nameFor(name), value.includes('\ufffd') ? '' : value);
    }
    if (strict && scanner.problem !== '') failParser(state, hints, LOGFMT_ERROR, scanner.problem);
    return true;
  };
}
