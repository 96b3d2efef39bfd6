/** Who is asking, for those who share out what there is little of. Goes along with the work, like its trace. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** An API, the rules, or Farol itself. */
export type Asker = 'prometheus' | 'loki' | 'tempo' | 'jaeger' | 'native' | 'sql' | 'rules' | 'farol';

const current = new AsyncLocalStorage<Asker>();

export const askingAs = <T>(asker: Asker, inside: () => T): T => current.run(asker, inside);

export const currentAsker = (): Asker => current.getStore() ?? 'farol';
