import { type PatternPart, parseLinePattern } from '@farol/logql';
import { RE2JS } from 're2js';
import { extract, isNeedless, labelNameOf } from './fields.ts';
import { regexProblem } from './regex.ts';
import { type Hints, StageProblem, type Step } from './stage.ts';
import type { LineState } from './state.ts';

/** `| regexp "(?P<name>…)"`: every named group. A line that does not match stays as it is. */
export function regexpParser(pattern: string, hints: Hints): Step {
  const problem = regexProblem(pattern);
  if (problem !== undefined) throw new StageProblem(problem);
  const regex = RE2JS.compile(pattern);
  const groups = Object.entries(regex.namedGroups()).map(([name, index]) => ({ label: labelNameOf(name), index }));
  if (groups.length === 0) throw new StageProblem('at least one named capture must be supplied');
  groups.sort((a, b) => a.index - b.index);
  return (state) => {
    const matcher = regex.matcher(state.line);
    if (!matcher.find()) return true;
    for (const { label, index } of groups) extract(state, hints, label, matcher.group(index) ?? '');
    return true;
  };
}

/** `| pattern "<ip> - <_> <rest>"`. */
export function patternParser(pattern: string, hints: Hints): Step {
  const parts = parseLinePattern(pattern);
  if ('problem' in parts) throw new StageProblem(parts.problem);
  return (state) => {
    if (!isNeedless(state, hints)) capture(state, hints, parts);
    return true;
  };
}

function capture(state: LineState, hints: Hints, parts: readonly PatternPart[]): void {
  const { line } = state;
  if (line === '') return;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (part.kind === 'text') {
      // Texts behind a capture have been found by it.
      if (i === 0 && !line.startsWith(part.text)) return;
      if (i === 0) at = part.text.length;
      continue;
    }
    const next = parts[i + 1];
    const end = next?.kind === 'text' ? line.indexOf(next.text, at) : -1;
    // A text that is missing leaves the rest of the line to the capture, and nothing to those after it.
    if (part.name !== '_') extract(state, hints, part.name, end < 0 ? line.slice(at) : line.slice(at, end));
    if (end < 0 || next?.kind !== 'text') return;
    at = end + next.text.length;
  }
}
