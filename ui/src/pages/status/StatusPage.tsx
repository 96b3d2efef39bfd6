import type { IngestAnswer, IngestSender, StatusAnswer } from '@farol/contract';
import { Skeleton } from '@mantine/core';
import { useIngest, useStatus } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { Health } from '../../parts/Health.tsx';
import { Section } from '../../parts/Section.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import './status.css';

const everyMs = 5_000;
/** A clock this far off makes “the last five minutes” miss the newest data. */
const skewToldMs = 30_000;

/** Farol about itself: its state, what it stores and for how long, and the ledger of everything that arrived. */
export function StatusPage() {
  const words = useWords();
  const status = useStatus(everyMs);
  const ingest = useIngest(everyMs);
  useTitle(words.status);
  return (
    <div className="page">
      <Faces
        of={status}
        loading={<Skeleton height={220} />}
        full={(data) => <State data={data} skewMs={data.nowMs - status.dataUpdatedAt} />}
      />
      <Faces of={ingest} loading={<Skeleton height={220} mt={24} />} full={(data) => <Ledger data={data} />} />
    </div>
  );
}

function State({ data, skewMs }: { data: StatusAnswer; skewMs: number }) {
  const words = useWords();
  const format = useFormat();
  const health = { starting: 'unknown', ready: 'ok', 'read-only': 'bad', down: 'bad' } as const;
  const word = {
    starting: words.stateStarting,
    ready: words.stateReady,
    'read-only': words.stateReadOnly,
    down: words.stateDown,
  }[data.state];
  const signalWord = { metrics: words.metrics, logs: words.logs, traces: words.traces };
  return (
    <>
      <header className="page-head">
        <h1>{words.statusTitle}</h1>
        <span className="status-state">
          <Health state={health[data.state]} wordless /> {word}
        </span>
        {data.reason && <span className="quiet">{data.reason}</span>}
        <span className="quiet">
          {words.version} {data.version}
        </span>
        <span className="quiet" title={format.full(data.startedMs)}>
          {words.upSince} {format.durationMs(Math.floor((data.nowMs - data.startedMs) / 1_000) * 1_000)}
        </span>
        <Go to="/queries" className="link">
          {words.inspector}
        </Go>
      </header>
      {data.detachedParts > 0 && <p className="status-warning">{words.bannerDetached(data.detachedParts)}</p>}
      {Math.abs(skewMs) > skewToldMs && (
        <p className="status-warning">{words.clockSkew(format.durationMs(Math.abs(skewMs)))}</p>
      )}
      <Section title={words.storage}>
        <div className="scroll-x">
          <table className="grid-table status-table">
            <thead>
              <tr>
                <th scope="col">{words.signal}</th>
                <th scope="col" className="num">
                  {words.rowsStored}
                </th>
                <th scope="col" className="num">
                  {words.sizeOnDisk}
                </th>
                <th scope="col">{words.oldest}</th>
                <th scope="col">{words.newest}</th>
                <th scope="col" className="num">
                  {words.retention}
                </th>
              </tr>
            </thead>
            <tbody>
              {data.signals.map((signal) => (
                <tr key={signal.signal}>
                  <td>
                    <b>{signalWord[signal.signal]}</b>
                  </td>
                  <td className="num" title={format.exact(signal.rows)}>
                    {format.count(signal.rows)}
                  </td>
                  <td className="num">{format.bytes(signal.bytesOnDisk)}</td>
                  <td>
                    <Moment ms={signal.oldestMs} nowMs={data.nowMs} />
                  </td>
                  <td>
                    <Moment ms={signal.newestMs} nowMs={data.nowMs} />
                  </td>
                  <td className="num">{words.days(signal.retentionDays)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
    </>
  );
}

function Moment({ ms, nowMs }: { ms: number | undefined; nowMs: number }) {
  const words = useWords();
  const format = useFormat();
  if (ms === undefined) return <span className="faint">{words.perSignalNone}</span>;
  return (
    <span title={format.full(ms)}>
      {format.moment(ms)} <span className="faint">{format.ago(ms, nowMs)}</span>
    </span>
  );
}

function Ledger({ data }: { data: IngestAnswer }) {
  const words = useWords();
  const format = useFormat();
  return (
    <Section title={words.ledger} className="ledger">
      <p className="quiet">{words.ledgerHint(format.moment(data.sinceMs))}</p>
      {data.senders.length === 0 ? (
        <Empty title={words.ledgerNone}>
          <Go to="/welcome" className="link">
            {words.sendData}
          </Go>
        </Empty>
      ) : (
        <div className="scroll-x">
          <table className="grid-table">
            <thead>
              <tr>
                <th scope="col">{words.sender}</th>
                <th scope="col">{words.protocol}</th>
                <th scope="col">{words.signal}</th>
                <th scope="col" className="num">
                  {words.received}
                </th>
                <th scope="col" className="num">
                  {words.stored}
                </th>
                <th scope="col" className="num">
                  {words.rejected}
                </th>
                <th scope="col" className="num">
                  {words.duplicates}
                </th>
                <th scope="col">{words.lastSeen}</th>
              </tr>
            </thead>
            <tbody>
              {data.senders.toSorted(bySender).map((sender) => (
                <SenderRows key={`${sender.protocol} ${sender.sender} ${sender.signal}`} sender={sender} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

/** In the order of their first sending, a sender's signals would stand apart. */
function bySender(a: IngestSender, b: IngestSender): number {
  return a.sender.localeCompare(b.sender) || a.protocol.localeCompare(b.protocol) || a.signal.localeCompare(b.signal);
}

function SenderRows({ sender }: { sender: IngestSender }) {
  const words = useWords();
  const format = useFormat();
  const rejected = sender.rejected.reduce((sum, { count }) => sum + count, 0);
  const signalWord = { metrics: words.metrics, logs: words.logs, traces: words.traces };
  return (
    <>
      <tr>
        <td>{sender.sender}</td>
        <td className="quiet">{sender.protocol}</td>
        <td>{signalWord[sender.signal]}</td>
        <td className="num" title={format.exact(sender.received)}>
          {format.count(sender.received)}
        </td>
        <td className="num" title={format.exact(sender.stored)}>
          {format.count(sender.stored)}
        </td>
        <td className={rejected > 0 ? 'num bad' : 'num faint'} title={format.exact(rejected)}>
          {format.count(rejected)}
        </td>
        <td className={sender.duplicates > 0 ? 'num' : 'num faint'}>{format.count(sender.duplicates)}</td>
        <td title={format.full(sender.lastSeenMs)}>{format.ago(sender.lastSeenMs, Date.now())}</td>
      </tr>
      {sender.rejected.map(({ reason, count, example }) => (
        <tr key={reason} className="ledger-reason">
          <td colSpan={5}>
            <span className="bad">✕</span> {words.reason}: <b>{reason}</b> <span className="mono quiet">{example}</span>
          </td>
          <td className="num bad">{format.count(count)}</td>
          <td colSpan={2} />
        </tr>
      ))}
    </>
  );
}
