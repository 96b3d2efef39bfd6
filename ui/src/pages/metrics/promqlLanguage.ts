import { PromqlSyntaxError, parseExpr } from '@farol/promql';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { rawFetch } from '../../data/http.ts';
import type { QueryLanguage } from '../../parts/QueryEditor.tsx';

export const promql: QueryLanguage = {
  extensions: () => [
    new PromQLExtension()
      .activateLinter(false)
      .setComplete({ remote: { fetchFn: rawFetch, httpMethod: 'GET', apiPrefix: '/prometheus/api/v1' } })
      .asExtension(),
  ],
  problems(text) {
    try {
      parseExpr(text, { experimental: true });
      return [];
    } catch (problem) {
      if (!(problem instanceof PromqlSyntaxError)) throw problem;
      return problem.errors.map(({ start, end, text: message }) => ({ start, end, message }));
    }
  },
};
