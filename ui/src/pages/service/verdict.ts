import type { Verdict } from '@farol/contract';
import type { Format } from '../../format/format.ts';
import type { Words } from '../../i18n/words.ts';

/** The facts of a verdict as the sentence a colleague would say. Pure. */
export function verdictSentence(verdict: Verdict, words: Words, format: Format): string {
  const where = verdict.endpoint ?? words.verdictTheService;
  const p95 = verdict.p95Ms === undefined ? '' : format.durationMs(verdict.p95Ms);
  const share = verdict.errorShare === undefined ? '' : format.share(verdict.errorShare);
  const times =
    verdict.times !== undefined && Number.isFinite(verdict.times) && verdict.times >= 1.2
      ? format.times(verdict.times)
      : '';
  switch (verdict.kind) {
    case 'no-data':
      return words.verdictNoData;
    case 'healthy':
      return p95 !== '' && share !== '' ? words.verdictHealthy(p95, share) : words.verdictHealthyBare;
    case 'slow':
      return ended(words.verdictSlow(where, p95, times), verdict, words, format);
    case 'failing':
      return ended(words.verdictFailing(where, share, times), verdict, words, format);
    case 'slow-and-failing':
      return ended(words.verdictSlowAndFailing(where, share, p95), verdict, words, format);
  }
}

function ended(sentence: string, verdict: Verdict, words: Words, format: Format): string {
  const since = verdict.sinceMs === undefined ? '' : ` ${words.verdictSince(format.tick(verdict.sinceMs, 60_000))}`;
  const deploy = verdict.deploy === undefined ? '' : `, ${words.verdictAfterDeploy(verdict.deploy)}`;
  return `${sentence}${since}${deploy}.`;
}
