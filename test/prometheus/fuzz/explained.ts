import type { Question, Reply } from '../beside.ts';

/** A difference that is meant: Prometheus has changed since the version that Debian has, or we do on purpose otherwise. */
interface Explanation {
  readonly why: string;
  readonly fits: (asked: Asked) => boolean;
}

interface Asked {
  readonly question: Question;
  readonly farol: Reply;
  readonly prometheus: Reply;
  readonly difference: string;
}

export const explanations: readonly Explanation[] = [
  {
    why: 'since 2.47 atan2 drops the metric name, as other arithmetic does',
    fits: ({ question, difference }) => /atan2/.test(question.query) && /__name__/.test(difference),
  },
  {
    why: 'since 2.51 rate and increase stretch by half an interval at most before they look for a counter’s zero',
    fits: ({ question, difference }) =>
      /\b(rate|increase)\((?!(requests_total|duration_))/.test(question.query) && isValue(difference),
  },
  {
    why: 'since 2.51 a window pinned by @ stays where it is while another argument moves',
    fits: ({ question }) =>
      /@/.test(question.query) && /(predict_linear|quantile_over_time|holt_winters)/.test(question.query),
  },
  {
    why: 'since 3.5 topk and bottomk with no k of one or more have no answer, before anything is wrong with k',
    fits: ({ question, difference }) =>
      /(topk|bottomk)/i.test(question.query) && /^only Prometheus refuses: Scalar value/.test(difference),
  },
  {
    why: 'since 3.9 what a comparison leaves out counts as matched too',
    fits: ({ difference }) => /^only Farol refuses: multiple matches for labels/.test(difference),
  },
  {
    why: 'since 3.5 averages are summed first and then divided: the last digits differ, and with them what is equal',
    fits: ({ question }) =>
      /(avg|deriv)/i.test(question.query) && /(changes|resets|[=!<>]=|[<>]|count_values)/i.test(question.query),
  },
  {
    why: 'the last digits of what was computed, which count_values makes labels of, differ',
    fits: ({ question, difference }) =>
      /count_values/i.test(question.query) && /":"-?(\d+\.\d{8,}|\d{17,})/.test(difference),
  },
  {
    why: 'since 2.52 count_values by labels that sort after its own does not lose them',
    fits: ({ question, difference }) => /count_values.*by/i.test(question.query) && /^(lacks|has) /.test(difference),
  },
  {
    why: 'timestamp() of a selector with @ keeps its offset here; Prometheus forgets it',
    fits: ({ question }) => /timestamp\([^)]*@/.test(question.query) && /offset/.test(question.query),
  },
  {
    why: 'metric names that go, go at the very end here, and till then tell series apart (delayed name removal)',
    fits: ({ question, difference }) =>
      /__name__/.test(question.query) ||
      /^only Prometheus refuses: vector cannot contain metrics with/.test(difference),
  },
  {
    why: 'which of several equal values topk and bottomk take is up to the order of the series',
    fits: ({ question, farol, prometheus }) =>
      /^[(]*(topk|bottomk)/i.test(question.query)
        ? valuesOf(farol) === valuesOf(prometheus)
        : /(topk|bottomk)/i.test(question.query),
  },
  {
    why: 'since 2.54 a compensated sum that overflows is infinite, not NaN',
    fits: ({ question, difference }) =>
      /weird/.test(question.query) &&
      /(sum|avg|std(dev|var)|predict_linear|deriv)/i.test(question.query) &&
      isValue(difference),
  },
  {
    why: 'since 3.0 the deviation of a lone NaN or infinity is NaN, not 0',
    fits: ({ question, difference }) =>
      /std(dev|var)\b/i.test(question.query) &&
      (/weird|quantile|Inf|NaN|1e300/i.test(question.query) || /NaN at \d+, expected /.test(difference)),
  },
  {
    why: 'times are so much larger than what they deviate by that the last digits differ with the order of the series',
    fits: ({ question, difference }) =>
      /std(dev|var)\b.*time(stamp)?\(/i.test(question.query) && apart(difference) < 1e-4,
  },
  {
    why: 'the last digits, which depend on the order of a sum, decide whether % leaves nothing or nearly all',
    fits: ({ question, difference }) => /%/.test(question.query) && isValue(difference),
  },
  {
    why: 'what @ pins inside a subquery with an offset is mistaken by Prometheus where the subquery begins at the query’s time',
    fits: ({ question }) => /@[^\]]*\[[^\]]*:[^\]]*\].*offset/.test(question.query),
  },
  {
    why: 'a subquery in whose window no step falls has no points here; Prometheus answers one after its end',
    fits: ({ question, difference }) => /@.*:[^\]]*\][^)]*$/.test(question.query) && /^lacks/.test(difference),
  },
];

const isValue = (difference: string): boolean => / at \d+, expected /.test(difference);

/** Two values, as a share of what was expected. */
function apart(difference: string): number {
  const [, own, expected] = /(\S+) at \d+, expected (\S+)/.exec(difference) ?? [];
  return Math.abs(Number(own) / Number(expected) - 1);
}

/** The values at each time, whoever has them. */
function valuesOf(reply: Reply): string {
  if (reply.kind !== 'series') return reply.kind;
  const points = reply.series.flatMap((series) => series.points.map(([time, value]) => `${time} ${value}`));
  return points.sort().join();
}
