/** Target groups as files and HTTP endpoints write them: `[{ "targets": ["host:port"], "labels": { … } }]`. */
import type { TargetGroup } from '../config/index.ts';

/** Throws an Error that says what is wrong. Each group's labels get `own`, which tells where they come from. */
export function readGroups(json: unknown, source: string, own: readonly [name: string, value: string]): TargetGroup[] {
  if (json === null || json === undefined) return [];
  if (!Array.isArray(json)) throw new Error('expected a list of target groups');
  return json.map((group: unknown, i) => {
    if (!isObject(group)) throw new Error(`nil target group item found (number ${i})`);
    const targets = group.targets ?? [];
    if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) {
      throw new Error(`targets of group ${i} are no list of strings`);
    }
    return {
      targets: targets.map((address) => new Map([['__address__', address]])),
      labels: new Map([...labelsOf(group.labels, i), own]),
      source: `${source}:${i}`,
    };
  });
}

function labelsOf(labels: unknown, group: number): Map<string, string> {
  if (labels === undefined || labels === null) return new Map();
  if (!isObject(labels)) throw new Error(`labels of group ${group} are no map`);
  return new Map(
    Object.entries(labels).map(([name, value]) => {
      if (typeof value !== 'string') throw new Error(`label ${JSON.stringify(name)} of group ${group} is no string`);
      return [name, value];
    }),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
