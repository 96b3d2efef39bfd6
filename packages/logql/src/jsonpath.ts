/** The paths of `| json x="a.b[0][\"c d\"]"`: names and array indexes. */

type PathStep = string | number;

/** The steps, or why the text is no path. */
export function parseJsonPath(path: string): readonly PathStep[] | { readonly problem: string } {
  const steps: PathStep[] = [];
  let rest = path.trim();
  while (rest !== '') {
    const read = readStep(rest, steps.length === 0);
    if (typeof read === 'string') return { problem: read };
    steps.push(read.step);
    rest = rest.slice(read.length).trimStart();
  }
  return steps.length === 0 ? { problem: 'syntax error: unexpected $end, expecting LSB or FIELD' } : steps;
}

const field = /^[A-Za-z_][A-Za-z0-9_]*/;
const index = /^\[\s*(\d+)\s*\]/;
const key = /^\[\s*"([^"\]]*)"\s*\]/;

function readStep(rest: string, isFirst: boolean): { step: PathStep; length: number } | string {
  const byIndex = index.exec(rest);
  if (byIndex !== null) return { step: Number(byIndex[1]), length: byIndex[0].length };
  const byKey = key.exec(rest);
  if (byKey !== null) return { step: byKey[1] ?? '', length: byKey[0].length };
  const dot = isFirst ? 0 : (/^\.\s*/.exec(rest)?.[0].length ?? -1);
  const name = dot < 0 ? null : field.exec(rest.slice(dot));
  if (name !== null) return { step: name[0], length: dot + name[0].length };
  if (/^\[\s*\d/.test(rest)) return 'non-integer array index';
  if (rest.startsWith('[')) return 'syntax error: unexpected $end, expecting STRING or INDEX';
  return `syntax error: unexpected ${rest.slice(0, 1)}`;
}
