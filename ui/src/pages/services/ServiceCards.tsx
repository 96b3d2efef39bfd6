import type { ServiceSummary } from '@farol/contract';
import { Sparkline } from '../../charts/Sparkline.tsx';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Go } from '../../parts/Go.tsx';
import { Health } from '../../parts/Health.tsx';
import { Dot } from '../../parts/names.tsx';
import { Change, Known, SaturationBar, trendOf } from './cells.tsx';

/** The same facts for a phone: one service, one card, thumb-sized. */
export function ServiceCards({ services }: { services: readonly ServiceSummary[] }) {
  return (
    <ul className="service-cards">
      {services.map((service) => (
        <li key={`${service.namespace}/${service.name}/${service.environment}`}>
          <Card service={service} />
        </li>
      ))}
    </ul>
  );
}

function Card({ service }: { service: ServiceSummary }) {
  const words = useWords();
  const format = useFormat();
  const failing = (service.errorShare ?? 0) >= 0.01;
  return (
    <Go to="/services/$name" params={{ name: service.name }} className="service-card">
      <span className="service-card-name">
        <Dot name={service.name} />
        <b className="cut">{service.name}</b>
        <Health state={service.health} />
      </span>
      <span className="service-card-signals">
        <Signal word={words.rate} values={trendOf(service, 'rate')}>
          <Known value={service.ratePerSecond} say={format.rate} />
        </Signal>
        <Signal
          word={words.errors}
          values={trendOf(service, 'errors')}
          color={failing ? 'var(--bad)' : undefined}
          topMin={0.02}
        >
          <span className={failing ? 'bad' : undefined}>
            <Known value={service.errorShare} say={format.share} />
          </span>
        </Signal>
        <Signal word={words.p95} values={trendOf(service, 'p95')}>
          <Known value={service.p95Ms} say={format.durationMs} />
        </Signal>
      </span>
      <span className="service-card-foot">
        <Change factor={service.change.p95} />
        {service.saturation && <SaturationBar of={service.saturation} />}
      </span>
    </Go>
  );
}

interface SignalProps {
  readonly word: string;
  readonly values: readonly (number | null)[];
  readonly color?: string;
  readonly topMin?: number;
  readonly children: React.ReactNode;
}

function Signal({ word, values, color, topMin, children }: SignalProps) {
  return (
    <span className="service-card-signal">
      <span className="faint">{word}</span>
      <b>{children}</b>
      <Sparkline values={values} color={color} topMin={topMin} width={84} height={18} />
    </span>
  );
}
