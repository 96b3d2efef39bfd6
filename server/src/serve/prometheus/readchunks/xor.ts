/** Floats as the bits in which each differs from the one before (`<varbit_xor>`), and chunks of such samples. */
import { type BitWriter, fitsSigned, highWord, uvarint, varint } from './bits.ts';

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

/** More leading zeros are not told, for five bits say how many. */
const leadingMax = 31;

/** One column of floats. */
export class XorColumn {
  private high = 0;
  private low = 0;
  /** The window of the last difference that was written whole; none before the first. */
  private leading = 64;
  private trailing = 0;

  firstNumber(into: BitWriter, value: number): void {
    scratch[0] = value;
    this.first(into, scratchWords[1] as number, scratchWords[0] as number);
  }

  nextNumber(into: BitWriter, value: number): void {
    scratch[0] = value;
    this.next(into, scratchWords[1] as number, scratchWords[0] as number);
  }

  first(into: BitWriter, high: number, low: number): void {
    into.wideBits(high, low, 64);
    this.high = high;
    this.low = low;
  }

  /** Hot. */
  next(into: BitWriter, high: number, low: number): void {
    const highXor = high ^ this.high;
    const lowXor = low ^ this.low;
    this.high = high;
    this.low = low;
    if (highXor === 0 && lowXor === 0) {
      into.bits(0, 1);
      return;
    }
    const leading = Math.min(leadingMax, Math.clz32(highXor));
    const trailing = lowXor !== 0 ? zerosBelow(lowXor) : 32 + zerosBelow(highXor);
    if (leading >= this.leading && trailing >= this.trailing) into.bits(0b10, 2);
    else {
      this.leading = leading;
      this.trailing = trailing;
      into.bits(0b11, 2);
      into.bits(leading, 5);
      // All 64 are told as 0.
      into.bits(64 - leading - trailing, 6);
    }
    this.significant(into, highXor, lowXor);
  }

  private significant(into: BitWriter, high: number, low: number): void {
    const { leading, trailing } = this;
    const count = 64 - leading - trailing;
    if (trailing >= 32) into.bits(high >>> (trailing - 32), count);
    else if (trailing === 0) into.wideBits(high, low, count);
    else into.wideBits(high >>> trailing, (low >>> trailing) | (high << (32 - trailing)), count);
  }
}

function zerosBelow(word: number): number {
  return 31 - Math.clz32(word & -word);
}

interface FloatRun {
  readonly timesMs: Float64Array;
  /** The values' words, low before high, so that a stale marker stays one. */
  readonly words: Uint32Array;
  /** Of a run of at least one sample: the first, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** The bytes of an XOR chunk. Hot. */
export function xorChunk(into: BitWriter, { timesMs, words, from, to }: FloatRun): Buffer {
  const values = new XorColumn();
  let lastMs = timesMs[from] as number;
  let lastDeltaMs = 0;
  into.begin();
  into.bits(to - from, 16);
  varint(into, lastMs);
  values.first(into, words[2 * from + 1] as number, words[2 * from] as number);
  for (let i = from + 1; i < to; i++) {
    const timeMs = timesMs[i] as number;
    const deltaMs = timeMs - lastMs;
    if (i === from + 1) uvarint(into, deltaMs);
    else timeChange(into, deltaMs - lastDeltaMs);
    values.next(into, words[2 * i + 1] as number, words[2 * i] as number);
    lastMs = timeMs;
    lastDeltaMs = deltaMs;
  }
  return into.finish();
}

/** `<varbit_ts>` */
function timeChange(into: BitWriter, change: number): void {
  if (change === 0) into.bits(0, 1);
  else if (fitsSigned(change, 14)) {
    into.bits(0b10, 2);
    into.bits(change, 14);
  } else if (fitsSigned(change, 17)) {
    into.bits(0b110, 3);
    into.bits(change, 17);
  } else if (fitsSigned(change, 20)) {
    into.bits(0b1110, 4);
    into.bits(change, 20);
  } else {
    into.bits(0b1111, 4);
    into.wideBits(highWord(change), change >>> 0, 64);
  }
}
