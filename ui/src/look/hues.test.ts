import { expect, test } from 'vitest';
import { hueCount, hueOf, hues } from './hues.ts';

type Triple = readonly [number, number, number];

// Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
const seeing: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  everyone: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

test('no two hues look alike, whoever looks', () => {
  for (const scheme of [hues.dark, hues.light]) {
    for (const [who, matrix] of Object.entries(seeing)) {
      const labs = scheme.map((hex) => oklab(through(linear(hex), matrix)));
      for (let a = 0; a < labs.length; a++) {
        for (let b = a + 1; b < labs.length; b++) {
          expect(distance(labs[a], labs[b]), `${scheme[a]} and ${scheme[b]} for ${who}`).toBeGreaterThan(0.1);
        }
      }
    }
  }
});

test('every hue stands out of its background by 2:1 or more', () => {
  const f = (scheme: readonly string[], background: string) =>
    expect(scheme.filter((hex) => contrast(hex, background) <= 2)).toEqual([]);
  f(hues.dark, '#0e1014');
  f(hues.light, '#ffffff');
});

test('a name keeps its hue, and eight names have eight', () => {
  const names = ['appointments', 'notifications', 'postgresql', 'redis', 'web', 'billing', 'auth', 'search'];
  const first = names.map(hueOf);
  expect(names.map(hueOf)).toEqual(first);
  expect(new Set(first).size).toBe(hueCount);
  expect(hueOf('a ninth')).toBeLessThan(hueCount);
});

function linear(hex: string): Triple {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function through(rgb: Triple, matrix: readonly [Triple, Triple, Triple]): Triple {
  const row = (r: Triple) => Math.min(1, Math.max(0, r[0] * rgb[0] + r[1] * rgb[1] + r[2] * rgb[2]));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: Triple | undefined, b: Triple | undefined): number {
  if (!a || !b) return 0;
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const [r, g, bl] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl + 0.05;
  };
  return Math.max(light(a), light(b)) / Math.min(light(a), light(b));
}
