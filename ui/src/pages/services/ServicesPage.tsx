import type { IngestAnswer, ServiceSummary, ServicesAnswer } from '@farol/contract';
import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconPlugConnected } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useIngest, useServices } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useGo, useRange, useUrl } from '../../url/useUrl.ts';
import { ranked } from './ranking.ts';
import { ServiceCards } from './ServiceCards.tsx';
import { ServicesTable } from './ServicesTable.tsx';
import './services.css';

/** Home: every service, the most unwell first. */
export function ServicesPage() {
  const words = useWords();
  const [search] = useUrl();
  const { startMs, endMs } = useRange();
  const answer = useServices({ startMs, endMs, environment: search.env });
  useTitle(words.services);
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.services}</h1>
        {answer.data && answer.data.services.length > 0 && <Summary services={answer.data.services} />}
        <IngestLine />
      </header>
      <Faces
        of={answer}
        loading={<Waiting />}
        isEmpty={(data) => data.services.length === 0}
        empty={<NoServices title={words.servicesNone} />}
        full={(data) => <Full data={data} />}
      />
    </div>
  );
}

function Full({ data }: { data: ServicesAnswer }) {
  const words = useWords();
  const [search, change] = useUrl();
  const phone = useMediaQuery('(max-width: 760px)', window.innerWidth <= 760, { getInitialValueInEffect: false });
  const shown = useMemo(
    () =>
      ranked(data.services, search.sort).filter(({ name }) => search.service === undefined || name === search.service),
    [data, search.sort, search.service],
  );
  if (shown.length === 0) {
    return (
      <Empty title={words.servicesNoMatch} hint={words.servicesNoMatchHint}>
        <Button size="xs" variant="default" onClick={() => change({ service: undefined, env: undefined })}>
          {words.removeFilters}
        </Button>
      </Empty>
    );
  }
  return (
    <>
      {phone ? <ServiceCards services={shown} /> : <ServicesTable services={shown} />}
      {data.services.every(({ name }) => name === ownName) && <NoServices title={words.servicesOnlyFarol} />}
    </>
  );
}

/** What Farol calls itself among the services. */
const ownName = 'farol';

function Summary({ services }: { services: readonly ServiceSummary[] }) {
  const words = useWords();
  const bad = services.filter(({ health }) => health === 'bad').length;
  const warn = services.filter(({ health }) => health === 'warn').length;
  return (
    <span className="quiet">
      {bad + warn === 0 ? words.servicesAllWell(services.length) : words.servicesSomeBad(bad, warn, services.length)}
    </span>
  );
}

const ingestEveryMs = 15_000;

/** Ingest health in one line; the Status page has the ledger. */
function IngestLine() {
  const words = useWords();
  const format = useFormat();
  const { data } = useIngest(ingestEveryMs);
  if (!data || data.senders.length === 0) return null;
  const rejected = rejectedOf(data);
  return (
    <Go to="/status" className="ingest-line link">
      {words.ingest}:{' '}
      {words.ingestLine(new Set(data.senders.map(({ protocol, sender }) => `${protocol} ${sender}`)).size)},{' '}
      <span className={rejected > 0 ? 'bad' : undefined}>
        {rejected > 0 ? words.ingestRejected(rejected, format.count(rejected)) : words.ingestFine}
      </span>
    </Go>
  );
}

function rejectedOf(answer: IngestAnswer): number {
  return answer.senders.reduce((sum, { rejected }) => sum + rejected.reduce((part, { count }) => part + count, 0), 0);
}

function NoServices({ title }: { title: string }) {
  const words = useWords();
  const go = useGo();
  const [search, change] = useUrl();
  return (
    <Empty title={title} hint={words.servicesNoneHint} icon={<IconPlugConnected size={26} stroke={1.4} />}>
      <Button size="xs" onClick={() => go('/welcome')}>
        {words.sendData}
      </Button>
      {search.from !== 'now-1d' && (
        <Button size="xs" variant="default" onClick={() => change({ from: 'now-1d', to: undefined })}>
          {words.lastDay}
        </Button>
      )}
    </Empty>
  );
}

function Waiting() {
  return (
    <>
      {[0, 1, 2, 3, 4].map((row) => (
        <Skeleton key={row} height={44} mb={4} />
      ))}
    </>
  );
}
