import type { Node, Operand, Pipe } from '@farol/gotemplate';

/** The labels that a template reads by name; undefined when it holds the whole set in its hands. */
export function fieldsRead(nodes: readonly Node[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  return nodes.every((node) => readNode(node, names)) ? names : undefined;
}

/** False for a use of the whole set. A dot inside `with` or `range` is taken for one, which costs speed only. */
function readNode(node: Node, names: Set<string>): boolean {
  if (node.kind === 'text' || node.kind === 'break' || node.kind === 'continue') return true;
  if (node.kind === 'template') return node.pipe === undefined || readPipe(node.pipe, names);
  if (!readPipe(node.pipe, names)) return false;
  if (node.kind === 'action') return true;
  return [...node.body, ...node.otherwise].every((inner) => readNode(inner, names));
}

function readPipe({ commands }: Pipe, names: Set<string>): boolean {
  return commands.every(({ args }) => args.every((operand) => readOperand(operand, names)));
}

function readOperand(operand: Operand, names: Set<string>): boolean {
  switch (operand.kind) {
    case 'dot':
      return false;
    case 'field':
      names.add(operand.path[0] ?? '');
      return true;
    case 'variable':
      if (operand.name !== '$') return true;
      names.add(operand.path[0] ?? '');
      return operand.path.length > 0;
    case 'pipe':
      return readPipe(operand.pipe, names);
    case 'literal':
    case 'function':
      return true;
  }
}
