import type { Endpoint } from '@farol/contract';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Go } from '../../parts/Go.tsx';
import { Section } from '../../parts/Section.tsx';
import { useUrl } from '../../url/useUrl.ts';
import { Known } from '../services/cells.tsx';

type Column = 'name' | 'rate' | 'errors' | 'p50' | 'p95' | 'p99';

/** Every endpoint with its own golden signals; a click on a number's trace shows why. */
export function Endpoints({ endpoints, service }: { endpoints: readonly Endpoint[]; service: string }) {
  const words = useWords();
  const [search] = useUrl();
  const sorted = useMemo(() => sortedBy(endpoints, search.sort), [endpoints, search.sort]);
  return (
    <Section title={words.endpoints}>
      {endpoints.length === 0 ? (
        <p className="quiet">{words.endpointsNone}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid-table endpoints-table">
            <thead>
              <tr>
                <Head column="name" word={words.endpoint} />
                <Head column="rate" word={words.rate} numeric />
                <Head column="errors" word={words.errors} numeric />
                <Head column="p50" word={words.p50} numeric />
                <Head column="p95" word={words.p95} numeric />
                <Head column="p99" word={words.p99} numeric />
                <th scope="col">{words.traces}</th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((endpoint) => (
                <Row key={endpoint.name} endpoint={endpoint} service={service} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function Row({ endpoint, service }: { endpoint: Endpoint; service: string }) {
  const words = useWords();
  const format = useFormat();
  const failing = endpoint.errorShare >= 0.01;
  return (
    <tr>
      <td>
        <Go to="/traces" search={{ service, op: endpoint.name }} className="endpoint-name">
          {endpoint.name}
        </Go>
      </td>
      <td className="num">
        <span className="with-trend">
          <Sparkline values={endpoint.trend} width={64} />
          <span className="figure plain">{format.rate(endpoint.ratePerSecond)}</span>
        </span>
      </td>
      <td className={failing ? 'num bad' : 'num'}>
        <b className={failing ? undefined : 'plain'}>{format.share(endpoint.errorShare)}</b>
      </td>
      <td className="num">
        <Known value={endpoint.p50Ms} say={format.durationMs} />
      </td>
      <td className="num">
        <b>
          <Known value={endpoint.p95Ms} say={format.durationMs} />
        </b>
      </td>
      <td className="num">
        <Known value={endpoint.p99Ms} say={format.durationMs} />
      </td>
      <td className="nowrap endpoint-traces">
        {endpoint.slowestTraceId && (
          <Go to="/traces/$id" params={{ id: endpoint.slowestTraceId }} className="link" title={words.slowestTrace}>
            {words.slowest}
          </Go>
        )}
        {endpoint.failingTraceId && (
          <Go to="/traces/$id" params={{ id: endpoint.failingTraceId }} className="link bad" title={words.failingTrace}>
            {words.failing}
          </Go>
        )}
      </td>
    </tr>
  );
}

function Head({ column, word, numeric = false }: { column: Column; word: string; numeric?: boolean }) {
  const words = useWords();
  const [search, change] = useUrl();
  const current = search.sort ?? 'p95';
  const on = current === column || current === `-${column}`;
  const up = current.startsWith('-');
  return (
    <th
      scope="col"
      className={numeric ? 'num' : undefined}
      aria-sort={on ? (up ? 'ascending' : 'descending') : undefined}
    >
      <button
        type="button"
        className="bare"
        title={words.sortBy(word)}
        onClick={() => change({ sort: current === column ? `-${column}` : column }, { replace: true })}
      >
        {word} {on && (up ? <IconArrowUp size={12} /> : <IconArrowDown size={12} />)}
      </button>
    </th>
  );
}

function sortedBy(endpoints: readonly Endpoint[], sort = 'p95'): readonly Endpoint[] {
  const sign = sort.startsWith('-') ? -1 : 1;
  const column = sort.replace(/^-/, '');
  const measure = (endpoint: Endpoint) =>
    ({ rate: endpoint.ratePerSecond, errors: endpoint.errorShare, p50: endpoint.p50Ms, p99: endpoint.p99Ms })[column] ??
    endpoint.p95Ms ??
    -1;
  if (column === 'name') return [...endpoints].sort((a, b) => sign * (a.name < b.name ? -1 : 1));
  return [...endpoints].sort((a, b) => sign * (measure(b) - measure(a)));
}
