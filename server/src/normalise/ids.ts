/** Trace and span ids as text: lower-case hex, never all zeros. */
export function isTraceId(text: string): boolean {
  return text.length === 32 && isHex(text) && text !== '00000000000000000000000000000000';
}

export function isSpanId(text: string): boolean {
  return text.length === 16 && isHex(text) && text !== '0000000000000000';
}

export function isZero(text: string): boolean {
  return /^0*$/.test(text);
}

/** Lower-case hex digits only. */
function isHex(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}
