import type { Endpoint } from '@farol/contract';
import { useMemo } from 'react';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Go } from '../../parts/Go.tsx';
import { Section } from '../../parts/Section.tsx';
import { SortHead } from '../../parts/SortHead.tsx';
import { type Measures, sortedBy } from '../../parts/sorting.ts';
import { useUrl } from '../../url/useUrl.ts';
import { Known } from '../services/cells.tsx';

const home = 'p95';

const measures: Measures<Endpoint> = {
  name: (endpoint) => endpoint.name,
  rate: (endpoint) => endpoint.ratePerSecond,
  errors: (endpoint) => endpoint.errorShare,
  p50: (endpoint) => endpoint.p50Ms,
  p95: (endpoint) => endpoint.p95Ms,
  p99: (endpoint) => endpoint.p99Ms,
};

/** Every endpoint with its own golden signals; a click on a number's trace shows why. */
export function Endpoints({ endpoints, service }: { endpoints: readonly Endpoint[]; service: string }) {
  const words = useWords();
  const [search] = useUrl();
  const sorted = useMemo(() => sortedBy(endpoints, measures, search.sort ?? home), [endpoints, search.sort]);
  return (
    <Section title={words.endpoints}>
      {endpoints.length === 0 ? (
        <p className="quiet">{words.endpointsNone}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid-table endpoints-table">
            <thead>
              <tr>
                <SortHead home={home} column="name" word={words.endpoint} />
                <SortHead home={home} column="rate" word={words.rate} numeric />
                <SortHead home={home} column="errors" word={words.errors} numeric />
                <SortHead home={home} column="p50" word={words.p50} numeric />
                <SortHead home={home} column="p95" word={words.p95} numeric />
                <SortHead home={home} column="p99" word={words.p99} numeric />
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
