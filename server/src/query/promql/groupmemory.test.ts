import { expect, test } from 'vitest';
import type { Labels } from '#model';
import { Grouping } from './grouping.ts';
import { GroupMemory } from './groupmemory.ts';

/** Some pods have no zone; every fifth pod is a value of its own. */
const labelsOf = (ref: number): Labels => [
  ...['__name__', ref % 2 === 0 ? 'a_total' : 'b_total', 'pod', `p${ref % 5 === 0 ? ref : ref % 7}`],
  ...(ref % 3 === 0 ? [] : ['zone', `z${ref % 4}`]),
];

test('questions get the groups that they would get without a memory, numbered in their own order', () => {
  const memory = new GroupMemory();
  const clauses = [
    { grouping: ['zone'], without: false },
    { grouping: ['zone', 'pod'], without: false },
    { grouping: ['pod'], without: true },
    { grouping: [], without: false },
    ...Array.from({ length: 40 }, (_, i) => ({ grouping: [`none${i}`, 'zone'], without: i % 2 === 0 })),
  ];
  for (let question = 0; question < 120; question++) {
    const by = clauses[(question * 7) % clauses.length] as (typeof clauses)[0];
    const groups = memory.begin(by);
    const plain = new Grouping(by);
    const stride = 1 + (question % 9);
    for (let i = 0; i < 200; i++) {
      const ref = (i * stride * 13) % 1_999;
      const found = groups.numberOf({ labels: labelsOf(ref) }, question % 4 === 0 ? undefined : ref);
      expect(found).toBe(plain.groupOf(labelsOf(ref)));
    }
    expect(groups.labels).toEqual(plain.labels);
  }
});

test('where there are more groups than are worth keeping, and series past those remembered, they are told apart all the same', () => {
  const memory = new GroupMemory();
  const by = { grouping: ['pod'], without: false };
  for (let question = 0; question < 3; question++) {
    const groups = memory.begin(by);
    for (let ref = 0; ref < 70_000; ref++) {
      const found = groups.numberOf({ labels: ['pod', String(ref)] }, 250_000 + ref);
      if (found !== ref) expect(found).toBe(ref);
    }
    expect(groups.labels.at(-1)).toEqual(['pod', '69999']);
  }
});
