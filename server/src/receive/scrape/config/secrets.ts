/** The configuration as it may be shown: every secret replaced, everything else letter by letter as written. */
import { isPair, isScalar, type Node, parseDocument, visit } from 'yaml';

const secretFields = new Set([
  'password',
  'credentials',
  'bearer_token',
  'client_secret',
  'client_certificate_key',
  'key',
  'secret_key',
  'secrets',
  'proxy_connect_header',
]);

/** Takes text that parses. */
export function withoutSecrets(written: string): string {
  const document = parseDocument(written, { schema: 'failsafe', version: '1.1', uniqueKeys: false });
  const ranges: [start: number, end: number][] = [];
  visit(document, {
    Pair(_, pair) {
      if (isPair(pair) && isScalar(pair.key) && secretFields.has(String(pair.key.value))) {
        const range = (pair.value as Node | null)?.range;
        if (range && range[1] > range[0]) ranges.push([range[0], range[1]]);
        return visit.SKIP;
      }
      return undefined;
    },
  });
  let shown = written;
  for (const [start, end] of ranges.sort((a, b) => b[0] - a[0])) {
    // A block value ends with its line, which stays.
    const tail = shown.slice(start, end).endsWith('\n') ? '\n' : '';
    shown = `${shown.slice(0, start)}<secret>${tail}${shown.slice(end)}`;
  }
  return shown.replace(/(:\/\/[^\s/@:"']*):[^\s/@"']*@/g, '$1:xxxxx@');
}
