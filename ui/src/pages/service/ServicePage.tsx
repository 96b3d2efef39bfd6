import type { ServiceAnswer } from '@farol/contract';
import { Button, Skeleton } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useService } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { Health } from '../../parts/Health.tsx';
import { Dot } from '../../parts/names.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useRange, useUrl } from '../../url/useUrl.ts';
import { Dependencies } from './Dependencies.tsx';
import { Endpoints } from './Endpoints.tsx';
import { FailingRequests } from './FailingRequests.tsx';
import { GoldenSignals } from './GoldenSignals.tsx';
import { Saturation } from './Saturation.tsx';
import { ServiceLogs } from './ServiceLogs.tsx';
import { verdictSentence } from './verdict.ts';
import './service.css';

/** One service, top-down: the verdict in words, the golden signals, who fails, what it depends on, what it says. */
export function ServicePage() {
  const { name = '' } = useParams({ strict: false });
  const [search] = useUrl();
  const { startMs, endMs } = useRange();
  const answer = useService(name, { startMs, endMs, environment: search.env });
  useTitle(name);
  return (
    <div className="page service-page">
      <Faces
        of={answer}
        loading={<Waiting name={name} />}
        failure={(error) => (error.status === 404 ? <Unknown name={name} /> : undefined)}
        full={(data) => <Full name={name} data={data} />}
      />
    </div>
  );
}

function Full({ name, data }: { name: string; data: ServiceAnswer }) {
  return (
    <>
      <Head name={name} data={data} />
      <GoldenSignals data={data} />
      <Saturation charts={data.saturation} deploys={data.deploys} />
      <div className="service-columns">
        <Endpoints endpoints={data.endpoints} service={name} />
        <FailingRequests service={name} />
      </div>
      <div className="service-columns service-columns-even">
        <ServiceLogs service={name} chart={data.logs} deploys={data.deploys} />
        <Dependencies of={data.dependencies} />
      </div>
    </>
  );
}

function Head({ name, data }: { name: string; data: ServiceAnswer }) {
  const words = useWords();
  const format = useFormat();
  const { summary, verdict } = data;
  const source = { metrics: words.sourceMetrics, spans: words.sourceSpans, none: words.sourceNone }[summary.source];
  return (
    <header className="service-head">
      <div className="page-head">
        <h1 className="service-name">
          <Dot name={name} />
          {name}
        </h1>
        <Health state={summary.health} />
        <span className="quiet" title={source}>
          {[summary.environment, summary.language, summary.version].filter(Boolean).join(' · ')}
        </span>
        <span className="service-links">
          <Go to="/traces" search={{ service: name }} className="link">
            {words.seeTraces}
          </Go>
          <Go to="/logs" search={{ service: name }} className="link">
            {words.seeLogs}
          </Go>
        </span>
      </div>
      <p className="verdict" data-kind={verdict.kind}>
        {verdictSentence(verdict, words, format)}
      </p>
    </header>
  );
}

function Unknown({ name }: { name: string }) {
  const words = useWords();
  const [, change] = useUrl();
  return (
    <Empty title={words.serviceUnknown(name)} hint={words.serviceUnknownHint}>
      <Button size="xs" variant="default" onClick={() => change({ from: 'now-1d', to: undefined })}>
        {words.lastDay}
      </Button>
      <Go to="/status" className="link">
        {words.seeStatus}
      </Go>
    </Empty>
  );
}

function Waiting({ name }: { name: string }) {
  return (
    <>
      <div className="page-head">
        <h1 className="service-name">
          <Dot name={name} />
          {name}
        </h1>
      </div>
      <Skeleton height={22} width="60%" mb={20} />
      <div className="golden">
        {[0, 1, 2].map((chart) => (
          <Skeleton key={chart} height={300} />
        ))}
      </div>
      <Skeleton height={120} mt={20} />
      <Skeleton height={260} mt={20} />
    </>
  );
}
