/**
 * A run of doubles in few bytes, unpacked again bit for bit at some nanoseconds a cell: no bit twiddling, only whole
 * bytes at fixed places. Most columns (times, counters, gauges with a few decimals) are whole numbers times a power of
 * ten whose steps differ little; the others share their highest bytes at best.
 *
 * `steps`: kind, width, decimals, then first, least and unit as doubles, then per later cell (step − least) / unit in
 * `width` bytes. `planes`: kind, first byte that differs, number of such bytes, then the first cell, then those bytes
 * of all cells, plane after plane.
 */
const STEPS = 1;
const PLANES = 2;

const stepsHeader = 3 + 24;
const planesHeader = 3 + 8;

/** More than any run of so many cells takes. */
export const packedBytesMax = (cells: number): number => stepsHeader + 8 * cells;

/** A power of ten that makes whole numbers of what people round to. */
const powers = [1, 10, 100, 1000, 10_000, 1_000_000] as const;
/** Sums and differences of such numbers are exact. */
const wholeMax = 2 ** 51;

let whole = new Float64Array(256);
const eight = new Float64Array(1);
const eightBytes = new Uint8Array(eight.buffer);

/** Writes the cells [from, to) into `into` at `at`; returns the end. */
export function packCells(cells: Float64Array, from: number, to: number, into: Uint8Array, at: number): number {
  const count = to - from;
  if (whole.length < count) whole = new Float64Array(2 * count);
  const decimals = wholeNumbers(cells, from, count);
  return decimals < 0 ? packPlanes(cells, from, count, into, at) : packSteps(decimals, count, into, at);
}

/** Fills `whole` with the cells times a power of ten; returns which, or -1 when none makes them all whole. */
function wholeNumbers(cells: Float64Array, from: number, count: number): number {
  let decimals = 0;
  for (let i = 0; i < count; i++) {
    const value = cells[from + i] as number;
    let scaled = Math.round(value * (powers[decimals] as number));
    // -0 would come back as 0.
    while (scaled / (powers[decimals] as number) !== value || (value === 0 && 1 / value < 0)) {
      if (++decimals === powers.length) return -1;
      scaled = Math.round(value * (powers[decimals] as number));
      i = -1;
    }
    if (i < 0) continue;
    if (!(Math.abs(scaled) <= wholeMax)) return -1;
    whole[i] = scaled;
  }
  return decimals;
}

function packSteps(decimals: number, count: number, into: Uint8Array, at: number): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < count; i++) {
    const step = (whole[i] as number) - (whole[i - 1] as number);
    if (step < least) least = step;
    if (step > most) most = step;
  }
  if (count < 2) least = most = 0;
  const unit = unitOfSteps(count, least);
  const width = widthFor((most - least) / unit);
  into[at] = STEPS;
  into[at + 1] = width;
  into[at + 2] = decimals;
  writeDouble(into, at + 3, whole[0] as number);
  writeDouble(into, at + 11, least);
  writeDouble(into, at + 19, unit);
  let end = at + stepsHeader;
  if (width === 0) return end;
  for (let i = 1; i < count; i++) {
    let digits = ((whole[i] as number) - (whole[i - 1] as number) - least) / unit;
    // A cell of bytes keeps the lowest eight bits of what it is given.
    for (let byte = 1; byte < width; byte++) {
      into[end++] = digits;
      digits = Math.floor(digits / 256);
    }
    into[end++] = digits;
  }
  return end;
}

/** The greatest number that divides each step less the least. */
function unitOfSteps(count: number, least: number): number {
  let unit = 0;
  for (let i = 1; i < count && unit !== 1; i++) {
    let a = (whole[i] as number) - (whole[i - 1] as number) - least;
    while (a !== 0) {
      const rest = unit % a;
      unit = a;
      a = rest;
    }
  }
  return unit === 0 ? 1 : unit;
}

function widthFor(most: number): number {
  let width = 0;
  for (let room = 1; room <= most; room *= 256) width++;
  return width;
}

function packPlanes(cells: Float64Array, from: number, count: number, into: Uint8Array, at: number): number {
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset + 8 * from, 8 * count);
  let first = 8;
  let last = -1;
  for (let plane = 0; plane < 8; plane++) {
    let i = 1;
    while (i < count && bytes[8 * i + plane] === bytes[plane]) i++;
    if (i >= count) continue;
    first = Math.min(first, plane);
    last = plane;
  }
  const planes = last < 0 ? 0 : last - first + 1;
  into[at] = PLANES;
  into[at + 1] = first;
  into[at + 2] = planes;
  into.set(bytes.subarray(0, 8), at + 3);
  let end = at + planesHeader;
  for (let plane = first; plane < first + planes; plane++) {
    for (let i = 0; i < count; i++) into[end++] = bytes[8 * i + plane] as number;
  }
  return end;
}

/** Unpacks `count` cells from `from` at `at` into `cells` at `to`; returns the end in `from`. Hot. */
export function unpackCells(from: Uint8Array, at: number, count: number, cells: Float64Array, to: number): number {
  return from[at] === STEPS ? unpackSteps(from, at, count, cells, to) : unpackPlanes(from, at, count, cells, to);
}

/** Hot: one loop for each width, so that each is plain. */
function unpackSteps(from: Uint8Array, start: number, count: number, cells: Float64Array, to: number): number {
  const width = from[start + 1] as number;
  const decimals = from[start + 2] as number;
  const first = readDouble(from, start + 3);
  const least = readDouble(from, start + 11);
  const unit = readDouble(from, start + 19);
  const end = to + count;
  let at = start + stepsHeader;
  let value = first;
  cells[to] = value;
  if (width === 0) {
    for (let i = to + 1; i < end; i++) cells[i] = value += least;
  } else if (width === 1) {
    for (let i = to + 1; i < end; i++) cells[i] = value += least + unit * (from[at++] as number);
  } else if (width === 2) {
    for (let i = to + 1; i < end; i++, at += 2)
      cells[i] = value += least + unit * ((from[at] as number) + (from[at + 1] as number) * 256);
  } else {
    for (let i = to + 1; i < end; i++) {
      let digits = 0;
      for (let byte = width - 1; byte >= 0; byte--) digits = digits * 256 + (from[at + byte] as number);
      at += width;
      cells[i] = value += least + unit * digits;
    }
  }
  if (decimals > 0) {
    const power = powers[decimals] as number;
    for (let i = to; i < end; i++) cells[i] = (cells[i] as number) / power;
  }
  return at;
}

function unpackPlanes(from: Uint8Array, start: number, count: number, cells: Float64Array, to: number): number {
  const first = from[start + 1] as number;
  const planes = from[start + 2] as number;
  const bytes = new Uint8Array(cells.buffer, cells.byteOffset + 8 * to, 8 * count);
  // Words and bytes, not numbers: a NaN keeps its payload.
  const words = new Uint32Array(cells.buffer, cells.byteOffset + 8 * to, 2 * count);
  bytes.set(from.subarray(start + 3, start + 11));
  for (let i = 2; i < words.length; i++) words[i] = words[i - 2] as number;
  let at = start + planesHeader;
  for (let plane = first; plane < first + planes; plane++) {
    for (let i = plane; i < bytes.length; i += 8) bytes[i] = from[at++] as number;
  }
  return at;
}

function writeDouble(into: Uint8Array, at: number, value: number): void {
  eight[0] = value;
  into.set(eightBytes, at);
}

function readDouble(from: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) eightBytes[i] = from[at + i] as number;
  return eight[0] as number;
}
