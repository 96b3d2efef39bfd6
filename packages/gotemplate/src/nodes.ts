/** A Go text/template as a tree. `at` is the offset of a node in the template, for error messages. */

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | { readonly kind: 'if'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: 'with'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | { readonly kind: 'range'; readonly pipe: Pipe; readonly body: readonly Node[]; readonly otherwise: readonly Node[] }
  | {
      readonly kind: 'template';
      readonly name: string;
      readonly pipe?: Pipe;
      /** What `define` and `block` have named, the whole template over; a later one of the same name wins. */
      readonly definitions: ReadonlyMap<string, readonly Node[]>;
    }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' };

/** `$x := a | b c`: each command's result is the last argument of the next. */
export interface Pipe {
  readonly variables: readonly string[];
  /** `:=` makes the variables, `=` changes them. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

export interface Command {
  readonly args: readonly Operand[];
}

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | bigint | number | boolean | undefined }
  | { readonly kind: 'dot' }
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[] };

/** What is wrong with a template, or with its execution, in Go's words as far as they help. */
export class TemplateProblem extends Error {}
