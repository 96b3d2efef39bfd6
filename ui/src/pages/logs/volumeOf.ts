import { LogqlSyntaxError, parseExpr, type Stage } from '@farol/logql';

/** Stages that the store decides by itself. The others would have every line of the range read and parsed. */
const cheap: ReadonlySet<Stage['kind']> = new Set(['line', 'filter']);

/** The lines of a log query counted by level, every step; empty for what cannot be read, and for what is dear to count. Pure. */
export function volumeOf(query: string, stepMs: number): string {
  const stages = stagesOf(query);
  if (!stages?.every(({ kind }) => cheap.has(kind))) return '';
  // The query may end in a comment.
  return `sum by (detected_level) (count_over_time(${query}\n[${stepMs}ms]))`;
}

function stagesOf(query: string): readonly Stage[] | undefined {
  try {
    const expr = parseExpr(query);
    return expr.kind === 'log' ? expr.stages : undefined;
  } catch (problem) {
    if (problem instanceof LogqlSyntaxError) return undefined;
    throw problem;
  }
}
