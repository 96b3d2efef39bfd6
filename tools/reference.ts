/**
 * `node tools/reference.ts` writes docs/reference/conformance.md and its Portuguese twin from the numbers that the last
 * conformance runs left in test/.out/conformance. Suites that have not left any keep out of the page.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Report } from '../test/conformance/report.ts';
import {
  deviationsInPortuguese,
  type Language,
  type PageWords,
  pageWords,
  type SuiteWords,
} from './reference-words.ts';

const out = new URL('../test/.out/conformance/', import.meta.url);
const docs = new URL('../docs/reference/', import.meta.url);

export const pageOf: Readonly<Record<Language, URL>> = {
  en: new URL('conformance.md', docs),
  pt: new URL('conformance.pt-BR.md', docs),
};

/** In the order of the page. */
export function readReports(): Report[] {
  if (!existsSync(out)) return [];
  const files = readdirSync(out).filter((name) => name.endsWith('.json'));
  const reports = files.map((name) => JSON.parse(readFileSync(new URL(name, out), 'utf8')) as Report);
  const order = Object.keys(pageWords.en.suites);
  return reports.sort((a, b) => order.indexOf(a.suite) - order.indexOf(b.suite));
}

function conformancePage(reports: readonly Report[], language: Language): string {
  const words = pageWords[language];
  const rows = reports.map((report) => rowOf(report, language));
  const notes = reports.map((report) => noteOf(report, language));
  const last =
    reports
      .map(({ date }) => date)
      .sort()
      .at(-1) ?? '';
  const [version = ''] = new Set(reports.map((report) => report.version));
  return `# ${words.title}

[${words.otherLanguage}](${words.otherPage})

${words.about(version, last)}

${words.head}
${rows.join('\n')}

${words.countedHow}

${notes.join('\n\n')}
`;
}

/** One line of the table; it has no date, so that a later run with the same numbers leaves it as it is. */
export function rowOf({ suite, cases, passed, deviations }: Report, language: Language): string {
  const words = pageWords[language];
  const { name, whose }: SuiteWords = words.suites[suite];
  const number = (value: number) => value.toLocaleString(words.locale);
  const meant = deviations.reduce((sum, one) => sum + one.cases, 0);
  return `| [${name}](#${suite}) | ${whose} | ${number(cases)} | ${number(passed)} | ${meant === 0 ? '0' : number(meant)} |`;
}

/** What the suite asks, and every deviation with its sentence. */
export function noteOf({ suite, deviations }: Report, language: Language): string {
  const words: PageWords = pageWords[language];
  const { name, asks } = words.suites[suite];
  const meant = deviations.map(({ why, cases }) => {
    const times = cases.toLocaleString(words.locale);
    return `- ${sentence(why, language)} (${times})`;
  });
  const list = meant.length === 0 ? '' : `\n\n${words.deviations}\n\n${meant.join('\n')}`;
  return `<a id="${suite}"></a>\n\n## ${name}\n\n${asks}${list}`;
}

function sentence(why: string, language: Language): string {
  const text = language === 'en' ? why : deviationsInPortuguese[why];
  if (text === undefined) throw new Error(`tools/reference-words.ts has no Portuguese for: ${why}`);
  const startsWithCode = /^\w+\(/.test(text);
  return startsWithCode ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) {
  const reports = readReports();
  if (reports.length === 0) throw new Error(`no numbers in ${out.pathname}; run the conformance tests first`);
  for (const language of ['en', 'pt'] as const) writeFileSync(pageOf[language], conformancePage(reports, language));
  process.stderr.write(`docs/reference/conformance.md: ${reports.length} suites\n`);
}
