import type { Rule, RuleGroup } from '../../data/rules.ts';

/** How a rule stands, the worst first: one that cannot be evaluated says nothing, whatever it said before. */
export type Standing = 'failing' | 'firing' | 'pending' | 'quiet' | 'unknown';

export function standingOf({ health, state }: Pick<Rule, 'health' | 'state'>): Standing {
  if (health === 'err') return 'failing';
  if (state === 'firing' || state === 'pending') return state;
  return health === 'unknown' ? 'unknown' : 'quiet';
}

export interface RuleFilter {
  readonly text?: string;
  readonly standing?: Standing;
}

/** The groups with the rules that fit, without those that have none. */
export function matching(groups: readonly RuleGroup[], { text = '', standing }: RuleFilter): RuleGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (group: RuleGroup, rule: Rule): boolean => {
    if (standing !== undefined && !isOf(rule, standing)) return false;
    const said = [group.name, rule.name, rule.query, rule.lastError, ...Object.values(rule.labels)]
      .join(' ')
      .toLowerCase();
    return words.every((word) => said.includes(word));
  };
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => fits(group, rule)) }))
    .filter(({ rules }) => rules.length > 0);
}

/** A failing rule that was firing is found under both. */
function isOf(rule: Rule, standing: Standing): boolean {
  return standingOf(rule) === standing || rule.state === standing;
}

export function countOf(groups: readonly RuleGroup[], standing: Standing): number {
  return groups.reduce((sum, { rules }) => sum + rules.filter((rule) => isOf(rule, standing)).length, 0);
}

/** The first `max` rules, in their groups; and how many were left out. */
export function firstRules(groups: readonly RuleGroup[], max: number): { shown: RuleGroup[]; left: number } {
  const shown: RuleGroup[] = [];
  let room = max;
  let left = 0;
  for (const group of groups) {
    const rules = group.rules.slice(0, room);
    room -= rules.length;
    left += group.rules.length - rules.length;
    if (rules.length > 0) shown.push({ ...group, rules });
  }
  return { shown, left };
}
