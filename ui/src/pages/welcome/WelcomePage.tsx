import type { IngestAnswer, StatusAnswer } from '@farol/contract';
import { Skeleton, Tabs } from '@mantine/core';
import { useMemo } from 'react';
import { useIngest, useStatus } from '../../data/queries.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Faces } from '../../parts/Faces.tsx';
import { Go } from '../../parts/Go.tsx';
import { useTitle } from '../../parts/useTitle.ts';
import { useUrl } from '../../url/useUrl.ts';
import { type Light, lightsOf } from './lights.ts';
import { type Addresses, recipesFor, type Step } from './snippets.ts';
import './welcome.css';

const everyMs = 3_000;

/** How to send data, with the addresses filled in and a light per signal that turns as data arrives. */
export function WelcomePage() {
  const words = useWords();
  const status = useStatus(everyMs);
  const ingest = useIngest(everyMs);
  useTitle(words.welcome);
  return (
    <div className="page welcome">
      <header>
        <h1>{words.welcomeTitle}</h1>
        <p className="quiet">{words.welcomeIntro}</p>
      </header>
      <Faces
        of={ingest}
        loading={<Skeleton height={64} />}
        full={(data) => <Lights data={data} nowMs={status.data?.nowMs ?? Date.now()} />}
      />
      <Faces
        of={status}
        loading={<Skeleton height={420} mt={24} />}
        full={(data) => <Recipes listen={data.listen} />}
      />
    </div>
  );
}

function Lights({ data, nowMs }: { data: IngestAnswer; nowMs: number }) {
  const words = useWords();
  const lights = lightsOf(data);
  const word = { metrics: words.metrics, logs: words.logs, traces: words.traces };
  return (
    <div className="lights">
      <ul>
        {lights.map((light) => (
          <li key={light.signal} className="light" data-on={light.stored > 0 || undefined}>
            <Bulb on={light.stored > 0} />
            <div>
              <b>{word[light.signal]}</b>
              <LightWords light={light} nowMs={nowMs} />
            </div>
          </li>
        ))}
      </ul>
      {lights.some(({ stored }) => stored > 0) && (
        <Go to="/" search={{ service: undefined }} className="go-button">
          {words.seeYourServices}
        </Go>
      )}
    </div>
  );
}

function LightWords({ light, nowMs }: { light: Light; nowMs: number }) {
  const words = useWords();
  const format = useFormat();
  return (
    <div className="quiet" role="status">
      {light.stored > 0 && light.lastSeenMs !== undefined
        ? words.lightOn(format.count(light.stored), format.ago(light.lastSeenMs, nowMs))
        : words.lightWaiting}
      {light.rejected > 0 && (
        <>
          {' · '}
          <span className="bad">{words.lightRejected(format.count(light.rejected))}</span>{' '}
          <Go to="/status" className="link">
            {words.whyRejected}
          </Go>
        </>
      )}
    </div>
  );
}

// A ring while waiting, a filled lamp with rays when lit: the shape says it without the colour.
function Bulb({ on }: { on: boolean }) {
  return (
    <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
      <circle
        cx="14"
        cy="14"
        r="6"
        fill={on ? 'var(--ok)' : 'none'}
        stroke={on ? 'var(--ok)' : 'var(--text-3)'}
        strokeWidth="1.5"
        strokeDasharray={on ? undefined : '3 2.5'}
      />
      {on && (
        <path
          d="M14 2v3M14 23v3M2 14h3M23 14h3M5.5 5.5l2.1 2.1M20.4 20.4l2.1 2.1M5.5 22.5l2.1-2.1M20.4 7.6l2.1-2.1"
          stroke="var(--ok)"
          strokeWidth="1.5"
          strokeLinecap="round"
        />
      )}
    </svg>
  );
}

function Recipes({ listen }: { listen: StatusAnswer['listen'] }) {
  const words = useWords();
  const [search, change] = useUrl();
  const { http, otlpHttp, otlpGrpc } = listen;
  const recipes = useMemo(() => recipesFor({ http, otlpHttp, otlpGrpc }, words), [http, otlpHttp, otlpGrpc, words]);
  const current = recipes.find(({ id }) => id === search.tab)?.id ?? 'node';
  return (
    <>
      <AddressList addresses={listen} />
      <Tabs
        value={current}
        onChange={(tab) => change({ tab: tab ?? undefined }, { replace: true })}
        className="recipes"
        keepMounted={false}
      >
        <Tabs.List>
          {recipes.map(({ id, title }) => (
            <Tabs.Tab key={id} value={id}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {recipes.map(({ id, steps }) => (
          <Tabs.Panel key={id} value={id}>
            <ol className="steps">
              {steps.map((step) => (
                <StepItem key={step.title} step={step} />
              ))}
            </ol>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

function StepItem({ step }: { step: Step }) {
  return (
    <li>
      <h2>{step.title}</h2>
      {step.hint && <p className="quiet">{step.hint}</p>}
      {step.code && (
        <div className="snippet">
          <pre className="mono">{step.code}</pre>
          <CopyButton text={step.code} />
        </div>
      )}
    </li>
  );
}

function AddressList({ addresses }: { addresses: Addresses }) {
  const words = useWords();
  return (
    <dl className="addresses" aria-label={words.addresses}>
      {[
        [words.addressHttp, addresses.otlpHttp],
        [words.addressGrpc, addresses.otlpGrpc],
        [words.addressBase, addresses.http],
      ].map(([term = '', address = '']) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className="mono">
            {address} <CopyButton text={address} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
