/**
 * What differs between the API's releases. A real team would ship different code; here one build holds all of it and
 * `RELEASE_CHANGE` says which change the deployed version carries, so that a deploy can go wrong, and be fixed.
 */
export type Change = 'none' | 'n-plus-one' | 'slow-query' | 'notify-in-transaction';

export const release = {
  version: process.env.RELEASE_VERSION ?? '1.4.2',
  change: (process.env.RELEASE_CHANGE ?? 'none') as Change,
};
