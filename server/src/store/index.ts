/**
 * The store: rows ↔ ClickHouse, embedded or not. It is told rows and answers questions; an acknowledged row is durable.
 * It refuses to know who asks: no protocol, no query language, no page.
 */
export type * from './contract.ts';
export { openStore, type StoreOptions } from './open.ts';
export {
  float,
  identifier,
  int,
  integers,
  joinSql,
  type Param,
  renderSql,
  type Sql,
  sql,
  text,
  texts,
  uint64,
} from './sql.ts';
export type { StoreTarget } from './target.ts';
