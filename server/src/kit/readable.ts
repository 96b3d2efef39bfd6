/** A record of our log for a person at a terminal; whoever reads it from a pipe gets the JSON itself. */

const levels: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Line breaks and other control characters are shown, not obeyed: no sender can forge a line (F95). */
export function readable(line: string): string {
  const { level, time, msg = '', err, trace_id, span_id, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const facts = Object.entries(rest).map(
    ([key, value]) => `  ${key}=${inert(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  const stack = (err as { stack?: string } | undefined)?.stack;
  const head = `${String(time).slice(11, 19)} ${(levels[Number(level)] ?? String(level)).padEnd(5)} ${inert(String(msg))}`;
  return `${[head + facts.join(''), ...(stack?.split('\n') ?? []).map((part) => `    ${inert(part)}`)].join('\n')}\n`;
}

function inert(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
