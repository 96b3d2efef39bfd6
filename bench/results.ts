/**
 * `results.md`: what is asked and what was measured, on top, then a chapter for each section. A run of some sections
 * replaces only theirs; the others keep the date, the size and the machine of their own run.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, printed, tableText } from './report.ts';

export interface Found {
  readonly finding: Finding;
  readonly machine: string;
  /** `full` or `quick`. */
  readonly scale: string;
  /** ISO 8601. */
  readonly measuredAt: string;
}

/** Of all `sections`, in their order, the page has those that were ever measured. */
export function keep(dir: string, section: string, found: Found, sections: readonly string[]): void {
  mkdirSync(join(dir, 'results'), { recursive: true });
  for (const { name, svg } of found.finding.pictures ?? []) writeFileSync(join(dir, 'results', `${name}.svg`), svg);
  const page = join(dir, 'results.md');
  const chapters = chaptersOf(existsSync(page) ? readFileSync(page, 'utf8') : '').set(section, chapterOf(found));
  const kept = sections.flatMap((name) => {
    const text = chapters.get(name);
    return text ? [{ name, text }] : [];
  });
  const marked = kept.map(({ name, text }) => `${markOf(name)}\n\n${text}`);
  writeFileSync(page, `${['# Benchmarks', ...summaryOf(kept), ...marked].join('\n\n')}\n`);
}

/** Stands before a chapter, so that it is found again. */
const markOf = (section: string) => `<!-- section: ${section} -->`;

function chaptersOf(page: string): Map<string, string> {
  const parts = page.split(/^<!-- section: ([\w-]+) -->$/m);
  const chapters = new Map<string, string>();
  for (let at = 1; at + 1 < parts.length; at += 2) chapters.set(parts[at] ?? '', (parts[at + 1] ?? '').trim());
  return chapters;
}

function chapterOf({ finding, machine, scale, measuredAt }: Found): string {
  const [heading = '', ...rest] = printed(finding).split('\n\n');
  const about = `<sub>${measuredAt.slice(0, 16).replace('T', ' ')} UTC, ${scale} scale · ${machine}</sub>`;
  return [heading, about, ...rest].join('\n\n');
}

interface Chapter {
  readonly name: string;
  readonly text: string;
}

function summaryOf(chapters: readonly Chapter[]): string[] {
  const rows = chapters.flatMap(({ name, text }) => {
    const link = `[${name}](#${anchorOf(/^## (.*)$/m.exec(text)?.[1] ?? '')})`;
    return goalsOf(text).map((cells) => [...cells, link]);
  });
  const missed = rows.filter(([, , , met]) => met !== 'yes').length;
  return [
    `What is asked of Farol, and what was measured: ${rows.length - missed} of ${rows.length} goals met${missed ? `, **${missed} not**` : ''}. A ratio is Farol's figure by the other's: below 1 Farol needs less. \`npm run bench\` measures again; [how](README.md).`,
    tableText({ head: ['goal', 'asked', 'measured', 'met', 'section'], rows }),
  ];
}

/** The rows of a chapter's table of goals. */
function goalsOf(chapter: string): string[][] {
  const [, rows = ''] = /^\| goal .*\n\| -.*\n((?:\|.*\n?)*)/m.exec(chapter) ?? [];
  return rows.split('\n').flatMap((row) =>
    row
      ? [
          row
            .slice(1, -1)
            .split('|')
            .map((cell) => cell.trim()),
        ]
      : [],
  );
}

/** As GitHub makes it of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
