import { RE2JS } from 're2js';
import { TemplateProblem } from './nodes.ts';

const knownMax = 100;

/** Compiles patterns, and remembers those that a template uses line after line. */
export function regexCache(): (pattern: string) => RE2JS {
  const known = new Map<string, RE2JS>();
  return (pattern) => {
    const found = known.get(pattern);
    if (found !== undefined) return found;
    if (known.size >= knownMax) known.clear();
    const made = compiled(pattern);
    known.set(pattern, made);
    return made;
  };
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new TemplateProblem(`error parsing regexp: ${error instanceof Error ? error.message : String(error)}`);
  }
}
