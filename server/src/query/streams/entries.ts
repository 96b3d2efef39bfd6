/** Lines in time order, page by page: the reader that has enough stops the reading. */
import type { Sql, Store } from '#store';
import type { EntryQuestion, ReadEntries } from '../logql/index.ts';
import { linesBySlot } from './catalogue.ts';
import { labelConditions } from './labelfilters.ts';
import { storedLabels } from './labelsql.ts';
import { necessaryConditions } from './linefilters.ts';
import { selectorConditions } from './matchers.ts';
import { NarrowRows } from './narrowrows.ts';
import { Pages } from './pages.ts';
import { type EntryRow, EntryRows, type RowsOfEntries } from './rows.ts';

export interface EntriesDeps {
  readonly ask: Store['ask'];
  readonly scan: Store['scan'];
}

export function createEntries(deps: EntriesDeps): ReadEntries {
  return async function* entries(asked) {
    const stop = new AbortController();
    const question = { ...asked, signal: AbortSignal.any([asked.signal, stop.signal]) };
    const [slots, conditions, rows] = await Promise.all([
      linesBySlot(deps, { ...question, matcherSets: [question.matchers] }),
      conditionsOf(question, deps),
      rowsOf(question, deps),
    ]);
    const pages = new Pages(deps, { question, conditions, rows, slots });
    // Who wants all lines works on a page while the next one is found.
    const readsAhead = question.limit === undefined && question.needs !== undefined;
    try {
      let next: Promise<EntryRow[] | undefined> | undefined = pages.next();
      for (let page = await next; page !== undefined; page = await (next ?? pages.next())) {
        next = readsAhead ? pages.next() : undefined;
        // A failure is met when the page is asked for, or by nobody.
        next?.catch(() => undefined);
        if (page.length > 0) yield rows.batchOf(page);
      }
    } finally {
      stop.abort();
    }
  };
}

async function conditionsOf(question: EntryQuestion, deps: EntriesDeps): Promise<Sql[]> {
  const about = { selection: question, signal: question.signal };
  const ofLabels = await labelConditions(question.labelFilters, about, deps);
  return [...selectorConditions(question), ...ofLabels, ...necessaryConditions(question.lineFilters)];
}

async function rowsOf(question: EntryQuestion, deps: EntriesDeps): Promise<RowsOfEntries> {
  if (question.needs === undefined) return new EntryRows();
  return new NarrowRows(
    await storedLabels([...question.needs], { selection: question, signal: question.signal }, deps),
  );
}
