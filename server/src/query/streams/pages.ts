/**
 * Pages of lines in time order without sorting a whole day: windows from the reader's end of the range, each about as full
 * as the catalogue of streams says. A page is what one window gives.
 */
import { int, type Sql, type Store, sql } from '#store';
import type { EntryQuestion } from '../logql/index.ts';
import { all, timeWithinNs } from '../stored/index.ts';
import { slotNs } from './catalogue.ts';
import type { EntryRow, RowsOfEntries } from './rows.ts';
import { type Slot, type Stretch, Windows } from './windows.ts';

/** For so few lines ClickHouse reads the other columns only of the lines that it has found. */
const pickedRowsMax = 5_000;
const pickedWindowLines = 400_000;
const bulkRows = { first: 1_000, max: 40_000 };
/** Lines that are wanted all, with few of their labels. */
const narrowRows = { first: 20_000, max: 100_000 };
/** A page of longer lines is followed by a page of fewer. */
const pageCharsWanted = 16 * 1024 * 1024;
const growth = 8;
/** Where so many lines held nothing that is wanted, it is rare, and each question costs more than the lines it looks at. */
const growthPastNothing = 64;
/** A parser will drop some of what the store has found for it. */
const rowsPerWanted = 4;

interface PagesAsked {
  readonly question: EntryQuestion;
  /** Everything but the time. */
  readonly conditions: readonly Sql[];
  readonly rows: RowsOfEntries;
  readonly slots: readonly Slot[];
}

interface PagesDeps {
  readonly scan: Store['scan'];
}

export class Pages {
  private readonly deps: PagesDeps;
  private readonly asked: PagesAsked;
  private readonly windows: Windows;
  private pace: Pace;

  constructor(deps: PagesDeps, asked: PagesAsked) {
    this.deps = deps;
    this.asked = asked;
    this.windows = new Windows(asked.question, { slots: asked.slots, slotNs });
    this.pace = firstPace(asked.question);
  }

  /** Undefined when all of the range has been read; empty where nothing was found. One at a time. */
  async next(): Promise<EntryRow[] | undefined> {
    const { deps, windows, pace } = this;
    const window = windows.next(pace.lines);
    if (window === undefined) return undefined;
    const asked = { ...this.asked, window, pageRows: pace.pageRows };
    const whole = await wholeMoments(deps, { ...asked, page: await readPage(deps, asked) });
    windows.covered(whole.covered);
    this.pace = nextPace(pace, { page: whole.page, isCut: whole.covered !== window });
    return whole.page;
  }
}

/** How many stored lines the next window should hold, and how many wanted ones a page may. */
interface Pace {
  readonly isPicked: boolean;
  readonly lines: number;
  readonly pageRows: number;
  readonly pageRowsMax: number;
}

function firstPace({ limit, needs, labelFilters }: EntryQuestion): Pace {
  if (limit !== undefined && limit < pickedRowsMax) {
    const isParsed = labelFilters.some(({ inLine }) => inLine !== undefined);
    const pageRows = Math.min(isParsed ? limit * rowsPerWanted : limit + 1, pickedRowsMax);
    return { isPicked: true, lines: pickedWindowLines, pageRows, pageRowsMax: pickedRowsMax };
  }
  const { first, max } = needs === undefined ? bulkRows : narrowRows;
  return { isPicked: false, lines: first, pageRows: first, pageRowsMax: max };
}

function nextPace(pace: Pace, { page, isCut }: { page: readonly EntryRow[]; isCut: boolean }): Pace {
  if (pace.isPicked) {
    if (page.length === 0) return { ...pace, lines: pace.lines * growthPastNothing };
    const pageRows = Math.min(pace.pageRows * 2, pace.pageRowsMax);
    return { ...pace, pageRows, lines: isCut ? pace.lines : pace.lines * growth };
  }
  const pageRows = nextPageRows(pace, page);
  // As many lines as gave a page of the size that is wanted next, but carefully: a burst may lie ahead.
  const wanted = page.length === 0 ? growth : (0.9 * pageRows) / page.length;
  const lines = isCut ? pace.lines / 2 : pace.lines * Math.min(growth, wanted);
  return { ...pace, pageRows, lines: Math.max(lines, pageRows / 2) };
}

function nextPageRows({ pageRows, pageRowsMax }: Pace, page: readonly EntryRow[]): number {
  let chars = 0;
  for (const { line } of page) chars += line.length;
  if (chars > pageCharsWanted) return Math.max(100, Math.floor(pageRows / 2));
  return chars * 4 <= pageCharsWanted ? Math.min(pageRows * 4, pageRowsMax) : pageRows;
}

interface Asked extends PagesAsked {
  readonly window: Stretch;
  /** 0: every line. */
  readonly pageRows: number;
}

async function readPage({ scan }: PagesDeps, asked: Asked): Promise<EntryRow[]> {
  const page: EntryRow[] = [];
  for await (const block of scan(pageSql(asked), asked.rows.read, asked.question)) {
    for (const row of block) page.push(row);
  }
  return page;
}

/**
 * A full page may end in the middle of a moment that many lines share. That moment is left to the next page; when the
 * page is nothing but that moment, all of its lines are read.
 */
async function wholeMoments(
  deps: PagesDeps,
  asked: Asked & { readonly page: EntryRow[] },
): Promise<{ page: EntryRow[]; covered: Stretch }> {
  const { page, window, pageRows, question } = asked;
  const first = page[0];
  const last = page.at(-1);
  if (first === undefined || last === undefined || page.length < pageRows) return { page, covered: window };
  const isBackward = question.direction === 'backward';
  if (first.timeNs !== last.timeNs) {
    while (page.at(-1)?.timeNs === last.timeNs) page.pop();
    const covered = isBackward
      ? { fromNs: last.timeNs + 1n, toNs: window.toNs }
      : { fromNs: window.fromNs, toNs: last.timeNs - 1n };
    return { page, covered };
  }
  const moment = { fromNs: last.timeNs, toNs: last.timeNs };
  const alike = await readPage(deps, { ...asked, window: moment, pageRows: 0 });
  return { page: alike, covered: isBackward ? { ...moment, toNs: window.toNs } : { ...moment, fromNs: window.fromNs } };
}

function pageSql({ question, conditions, window, pageRows, rows }: Asked): Sql {
  return sql`SELECT ${rows.columns}
FROM logs
WHERE ${all([...conditions, timeWithinNs(window.fromNs, window.toNs)])}
ORDER BY time ${question.direction === 'backward' ? sql`DESC` : sql`ASC`}
${pageRows > 0 ? sql`LIMIT ${int(pageRows)}` : sql``}`;
}
