/**
 * One copy of each label name and value. A text that is new is copied, because a decoder's string may be a slice that
 * would keep a whole request's body alive.
 */
export function textPool(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const own = Buffer.from(text, 'utf16le').toString('utf16le');
    known.set(own, own);
    return own;
  };
}
