import { type Command, isBuiltin, type Node, type Pipe, parseTemplate } from '@farol/gotemplate';
import { functions } from './functions.ts';

/** Without a `{{` there is nothing to run, and most texts have none. */
export type Template =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'nodes'; readonly nodes: readonly Node[]; readonly asks: boolean };

/** The names that Prometheus gives its users for convenience. */
const definitions =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';

/** Throws TemplateProblem. */
export function parseAlertTemplate(text: string, alert: string): Template {
  if (!text.includes('{{')) return { kind: 'plain', text };
  const known = (name: string): boolean => isBuiltin(name) || functions.has(name);
  const nodes = parseTemplate(definitions + text, `__alert_${alert}`, known);
  return { kind: 'nodes', nodes, asks: nodes.some(nodeAsks) };
}

function nodeAsks(node: Node): boolean {
  switch (node.kind) {
    case 'text':
    case 'break':
    case 'continue':
      return false;
    case 'action':
      return pipeAsks(node.pipe);
    case 'template':
      return (
        (node.pipe !== undefined && pipeAsks(node.pipe)) || [...(node.definitions.get(node.name) ?? [])].some(mayAsk)
      );
    default:
      return pipeAsks(node.pipe) || node.body.some(nodeAsks) || node.otherwise.some(nodeAsks);
  }
}

/** A named template may run itself, so those that it runs are taken to ask. */
function mayAsk(node: Node): boolean {
  return node.kind === 'template' || nodeAsks(node);
}

function pipeAsks({ commands }: Pipe): boolean {
  return commands.some(commandAsks);
}

function commandAsks({ args }: Command): boolean {
  return args.some(
    (arg) => (arg.kind === 'function' && arg.name === 'query') || (arg.kind === 'pipe' && pipeAsks(arg.pipe)),
  );
}
