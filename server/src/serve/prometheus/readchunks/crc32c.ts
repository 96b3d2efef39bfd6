/** CRC-32 with Castagnoli's polynomial (RFC 3720, appendix B.4); Node has only the other. */
const reversedPolynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ reversedPolynomial : sum >>> 1;
  return sum;
});

/** Hot. */
export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (let i = 0; i < bytes.length; i++) sum = (table[(sum ^ (bytes[i] as number)) & 0xff] as number) ^ (sum >>> 8);
  return (sum ^ 0xffff_ffff) >>> 0;
}
