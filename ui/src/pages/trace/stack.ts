/** Stack traces: which lines are the team's own, so that the eye lands there. Pure. */
export interface StackLine {
  readonly text: string;
  readonly kind: 'message' | 'own' | 'library';
}

const libraryMarks = [
  'node_modules',
  'node:internal',
  'node:',
  '<anonymous>',
  'site-packages',
  'dist-packages',
  '/lib/python',
  '/go/pkg/mod/',
  '/usr/local/go/',
  'runtime/',
  'java.base',
  'org.springframework',
  'vendor/',
];

export function stackLines(stack: string): readonly StackLine[] {
  return stack
    .replace(/\n+$/, '')
    .split('\n')
    .map((text) => ({ text, kind: kindOf(text) }));
}

function kindOf(text: string): StackLine['kind'] {
  const isFrame = /^\s+at |^\s*File "|^\t|^\s+\S+\(.*\)$|^goroutine |^\S+\.go:\d+/.test(text);
  if (!isFrame) return 'message';
  return libraryMarks.some((mark) => text.includes(mark)) ? 'library' : 'own';
}
