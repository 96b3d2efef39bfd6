/** What the loader sends: bodies for one path, from lanes that each keep their order. */
export interface Body {
  readonly bytes: Buffer;
  /** Samples, spans or log lines in it. */
  readonly items: number;
}

export interface Source {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Each lane has one request in flight; `undefined` ends it. */
  readonly lanes: readonly (() => Body | undefined)[];
}
