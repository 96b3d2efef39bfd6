/** What every line that a pattern matches must hold, when it is easily said. Pure. */
import { longest, plainRunsOf } from '../stored/index.ts';

/**
 * The longest run of plain characters that the RE2 pattern cannot do without; undefined when there is none, or when it
 * would take a real parser to tell. Of a pattern that ignores case only letters that fold plainly count.
 */
export function literalOf(pattern: string): string | undefined {
  const folded = pattern.startsWith('(?i)');
  const text = folded ? pattern.slice(4) : pattern;
  if (/[|()[\]{}\\]/.test(text)) return undefined;
  const runs = text.split(/.[?*]\??|\+\??|[\^$.]/su).flatMap((run) => (folded ? plainRunsOf(run) : [run]));
  return longest(runs.filter((run) => !/[?*+]/.test(run))) || undefined;
}
