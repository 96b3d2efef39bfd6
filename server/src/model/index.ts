/** The nouns of Farol and its limits. Pure data and tiny functions; knows no room. */
export * from './attributes.ts';
export * from './labels.ts';
export * from './limits.ts';
export * from './logs.ts';
export * from './metrics.ts';
export * from './refusal.ts';
export * from './tenant.ts';
export * from './traces.ts';
