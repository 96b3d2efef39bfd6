import type { Attribute, Span, SpanEvent, TraceAnswer } from '@farol/contract';
import { IconX } from '@tabler/icons-react';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Attributes } from '../../parts/Attributes.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { Go } from '../../parts/Go.tsx';
import { ServiceLink } from '../../parts/names.tsx';
import { useGo } from '../../url/useUrl.ts';
import { componentWord, paintOf } from './component.ts';
import { stackLines } from './stack.ts';

export function SpanDetail({ trace, span }: { trace: TraceAnswer; span: Span }) {
  const words = useWords();
  const format = useFormat();
  const go = useGo();
  const similar = ({ key, value }: Attribute) =>
    go('/traces', { search: { tag: [`${key}=${value}`], service: undefined } });
  const exceptions = span.events.filter(({ name }) => name === 'exception');
  const others = span.events.filter(({ name }) => name !== 'exception');
  return (
    <>
      <div className="span-title">
        <ServiceLink name={span.service} />
        <h2>{span.name}</h2>
      </div>
      <dl className="facts">
        <Fact term={words.duration}>
          <b>{format.durationNs(span.durationNs)}</b>{' '}
          <span className="faint">
            {trace.durationNs > 0 && format.share(Math.min(1, span.durationNs / trace.durationNs))}
          </span>
        </Fact>
        <Fact term={words.selfTime}>{format.durationNs(span.selfNs)}</Fact>
        <Fact term={words.startsAt}>+{format.durationNs(span.offsetNs)}</Fact>
        <Fact term={words.spanKind}>
          <i className="swatch" style={{ background: paintOf({ kind: span.component, name: span.componentName }) }} />{' '}
          {componentWord(span.component, words)} <span className="faint">{span.kind}</span>
        </Fact>
      </dl>
      {span.status === 'error' && (
        <p className="span-failure">
          <IconX size={14} stroke={3} aria-hidden="true" />
          <span>
            <b>{span.spanId === trace.failingSpanId ? words.failedHere : words.failedWord}</b> {span.statusMessage}
          </span>
        </p>
      )}
      {exceptions.map((event) => (
        <Exception key={eventKey(event)} event={event} />
      ))}
      <h3 className="minor">{words.attributes}</h3>
      <Attributes of={span.attributes} onFilterIn={similar} filterInLabel={words.searchSimilar} />
      {others.length > 0 && <h3 className="minor">{words.events}</h3>}
      {others.map((event) => (
        <details key={eventKey(event)} className="event">
          <summary>
            <span className="mono faint">+{format.durationNs(event.offsetNs)}</span> {event.name}
          </summary>
          <Attributes of={event.attributes} searchable={false} />
        </details>
      ))}
      {span.links.length > 0 && <h3 className="minor">{words.links}</h3>}
      {span.links.map((link) => (
        <div key={`${link.traceId} ${link.spanId}`} className="span-link">
          <Go to="/traces/$id" params={{ id: link.traceId }} search={{ span: link.spanId }} className="link mono">
            {words.linkedTrace} {link.traceId.slice(0, 8)}
          </Go>
          {link.attributes.length > 0 && <Attributes of={link.attributes} searchable={false} />}
        </div>
      ))}
      <h3 className="minor">{words.resource}</h3>
      <Attributes of={span.resource} onFilterIn={similar} filterInLabel={words.searchSimilar} />
      <dl className="facts span-origin">
        <Fact term={words.scope}>
          {span.scope.name || '–'} <span className="faint">{span.scope.version}</span>
        </Fact>
        <Fact term="span_id">
          <span className="mono">{span.spanId}</span> <CopyButton text={span.spanId} />
        </Fact>
      </dl>
    </>
  );
}

function eventKey({ name, offsetNs, attributes }: SpanEvent): string {
  return `${offsetNs} ${name} ${attributes.map(({ value }) => value).join(' ')}`;
}

function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Exception({ event }: { event: SpanEvent }) {
  const words = useWords();
  const attributeOf = (key: string) => event.attributes.find((attribute) => attribute.key === key)?.value ?? '';
  const stack = attributeOf('exception.stacktrace');
  const rest = event.attributes.filter(
    ({ key }) => !['exception.type', 'exception.message', 'exception.stacktrace'].includes(key),
  );
  return (
    <section className="exception" aria-label={words.exception}>
      <header>
        <b>{attributeOf('exception.type') || words.exception}</b>
        {stack && <CopyButton text={stack} />}
      </header>
      <p>{attributeOf('exception.message')}</p>
      {stack && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by key.
        <section className="stack mono" tabIndex={0} aria-label={words.stackTrace}>
          {stackLines(stack).map(({ text, kind }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one stack have no identity but their place.
            <div key={i} data-kind={kind}>
              {text}
            </div>
          ))}
        </section>
      )}
      {rest.length > 0 && <Attributes of={rest} searchable={false} />}
    </section>
  );
}
