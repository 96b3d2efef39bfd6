import type { ServiceSummary } from '@farol/contract';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Go } from '../../parts/Go.tsx';
import { Health } from '../../parts/Health.tsx';
import { Dot } from '../../parts/names.tsx';
import { SortHead } from '../../parts/SortHead.tsx';
import { Change, Known, SaturationBar, trendOf } from './cells.tsx';
import { servicesHome } from './ranking.ts';

export function ServicesTable({ services }: { services: readonly ServiceSummary[] }) {
  const words = useWords();
  return (
    <div className="scroll-x">
      <table className="grid-table services-table">
        <thead>
          <tr>
            <SortHead home={servicesHome} column="health" word={words.health} />
            <SortHead home={servicesHome} column="name" word={words.service} />
            <SortHead home={servicesHome} column="rate" word={words.rate} numeric />
            <SortHead home={servicesHome} column="errors" word={words.errors} numeric />
            <SortHead home={servicesHome} column="p50" word={words.p50} numeric />
            <SortHead home={servicesHome} column="p95" word={words.p95} numeric />
            <SortHead home={servicesHome} column="p99" word={words.p99} numeric />
            <SortHead home={servicesHome} column="saturation" word={words.saturation} />
            <SortHead home={servicesHome} column="logs" word={words.logErrors} numeric />
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <Row key={`${service.namespace}/${service.name}/${service.environment}`} service={service} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ service }: { service: ServiceSummary }) {
  const format = useFormat();
  const failing = (service.errorShare ?? 0) >= 0.01;
  return (
    <tr className="row-link">
      <td>
        <Health state={service.health} />
      </td>
      <td>
        <Go to="/services/$name" params={{ name: service.name }} className="services-name">
          <Dot name={service.name} />
          <span>{service.name}</span>
        </Go>
        <div className="services-facts">
          {[service.environment, service.language, service.version].filter(Boolean).join(' · ')}
        </div>
      </td>
      <td className="num">
        <span className="with-trend">
          <Sparkline values={trendOf(service, 'rate')} />
          <span className="figure plain">
            <Known value={service.ratePerSecond} say={format.rate} />
          </span>
        </span>
      </td>
      <td className="num">
        <span className="with-trend">
          <Sparkline values={trendOf(service, 'errors')} color={failing ? 'var(--bad)' : undefined} topMin={0.02} />
          <b className={failing ? 'bad figure' : 'figure'}>
            <Known value={service.errorShare} say={format.share} />
          </b>
        </span>
      </td>
      <td className="num">
        <Known value={service.p50Ms} say={format.durationMs} />
      </td>
      <td className="num">
        <span className="with-trend">
          <Change factor={service.change.p95} />
          <Sparkline
            values={trendOf(service, 'p95')}
            color={(service.change.p95 ?? 1) >= 1.5 ? 'var(--warn)' : undefined}
          />
          <b className="figure">
            <Known value={service.p95Ms} say={format.durationMs} />
          </b>
        </span>
      </td>
      <td className="num">
        <Known value={service.p99Ms} say={format.durationMs} />
      </td>
      <td>
        <SaturationBar of={service.saturation} />
      </td>
      <td className="num">
        <LogErrors value={service.logErrorsPerMinute} />
      </td>
    </tr>
  );
}

function LogErrors({ value }: { value: number | null }) {
  const format = useFormat();
  if (value === null) return <Known value={null} say={format.plain} />;
  return <span className={value > 0 ? undefined : 'faint'}>{format.rate(value / 60)}</span>;
}
