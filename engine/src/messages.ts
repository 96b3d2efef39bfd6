/** What the server and its engine's process tell each other over the IPC channel. */

export type FromChild =
  | { readonly kind: 'ready'; readonly version: string; readonly detachedParts: number }
  | { readonly kind: 'failed'; readonly code: number; readonly message: string }
  | { readonly kind: 'closed' };

export type ToChild = { readonly kind: 'close'; readonly graceMs: number };
