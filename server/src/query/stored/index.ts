/**
 * How rows of the store become the nouns of the API, and how a question's parts become SQL: attributes, times, tenants.
 * Knows column names and the tag; knows no question, and asks nothing.
 */
export * from './attributes.ts';
export * from './conditions.ts';
export * from './parts.ts';
