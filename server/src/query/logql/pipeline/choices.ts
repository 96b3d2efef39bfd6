import type { LabelChoice } from '@farol/logql';
import { matcherTest } from './labelfilters.ts';
import type { Step } from './stage.ts';
import { ERROR, ERROR_DETAILS, PRESERVE_ERROR } from './state.ts';

/** `| drop a, b="c"`: by name, or where the value matches. */
export function dropLabels(choices: readonly LabelChoice[]): Step {
  const drops = choices.map(chooser);
  return (state) => {
    for (const { name, matches } of drops) {
      if (name === ERROR) {
        if (matches(state.error)) state.error = '';
      } else if (name === ERROR_DETAILS) {
        if (matches(state.errorDetails)) state.errorDetails = '';
      } else {
        const value = state.get(name);
        if (value !== undefined && matches(value)) state.remove(name);
      }
    }
    return true;
  };
}

/** `| keep a, b="c"`: everything else goes, but for the errors. */
export function keepLabels(choices: readonly LabelChoice[]): Step {
  const keeps = choices.map(chooser);
  const special = new Set([ERROR, ERROR_DETAILS, PRESERVE_ERROR]);
  return (state) => {
    for (const [name, value] of state.all()) {
      if (special.has(name)) continue;
      if (!keeps.some((keep) => keep.name === name && keep.matches(value))) state.remove(name);
    }
    return true;
  };
}

function chooser(choice: LabelChoice): { name: string; matches: (value: string) => boolean } {
  if (choice.kind === 'name') return { name: choice.name, matches: () => true };
  return { name: choice.matcher.name, matches: matcherTest(choice.matcher) };
}
