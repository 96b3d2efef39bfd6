import type { Labels } from '../../data/prometheus.ts';
import type { ActiveAlert, Rule } from '../../data/rules.ts';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Go } from '../../parts/Go.tsx';
import { type Standing, standingOf } from './standing.ts';

const alertsShown = 50;

export function RuleItem({ rule }: { rule: Rule }) {
  const words = useWords();
  const format = useFormat();
  return (
    <li className="rule">
      <div className="rule-head">
        <StandingMark standing={standingOf(rule)} isAlert={rule.kind === 'alerting'} />
        <b className="rule-name">{rule.name}</b>
        {rule.forSeconds > 0 && (
          <span className="quiet">{words.ruleFor(format.durationMs(rule.forSeconds * 1_000))}</span>
        )}
        <LabelList labels={rule.labels} />
        <span className="faint rule-took">{format.durationMs(rule.evaluationSeconds * 1_000)}</span>
      </div>
      <Go to="/metrics-explorer" search={{ q: [rule.query] }} className="mono rule-query" title={words.ruleExplore}>
        {rule.query}
      </Go>
      {rule.lastError !== '' && <p className="bad rule-error">✕ {rule.lastError}</p>}
      {rule.alerts.length > 0 && <Alerts alerts={rule.alerts} name={rule.name} />}
    </li>
  );
}

function Alerts({ alerts, name }: { alerts: readonly ActiveAlert[]; name: string }) {
  const words = useWords();
  const left = alerts.length - alertsShown;
  return (
    <ul className="rule-alerts" aria-label={words.alertsOf(name)}>
      {alerts.slice(0, alertsShown).map((alert) => (
        <AlertItem key={JSON.stringify(alert.labels)} alert={alert} />
      ))}
      {left > 0 && <li className="quiet">{words.alertsLeft(left)}</li>}
    </ul>
  );
}

function AlertItem({ alert }: { alert: ActiveAlert }) {
  const words = useWords();
  const format = useFormat();
  const { alertname: _, ...labels } = alert.labels;
  return (
    <li>
      <div className="rule-head">
        <StandingMark standing={alert.state} isAlert />
        <span className="num">{format.plain(alert.value)}</span>
        <span className="quiet" title={format.full(alert.sinceMs)}>
          {words.alertSince(format.moment(alert.sinceMs))}
        </span>
        <LabelList labels={labels} />
      </div>
      {Object.entries(alert.annotations).map(([key, text]) => (
        <div key={key} className="rule-annotation">
          <span className="faint">{key}</span> <Annotation text={text} />
        </div>
      ))}
    </li>
  );
}

/** A runbook or a dashboard, mostly; no other scheme than the web's may be followed. */
function Annotation({ text }: { text: string }) {
  if (!/^https?:\/\/\S+$/.test(text)) return text;
  return (
    <a href={text} target="_blank" rel="noreferrer">
      {text}
    </a>
  );
}

/** Shape, colour and word: octagon for firing, triangle for pending, cross for failing, ring for the rest. */
function StandingMark({ standing, isAlert }: { standing: Standing; isAlert: boolean }) {
  const words = useWords();
  const word = {
    failing: words.ruleFailing,
    firing: words.ruleFiring,
    pending: words.rulePending,
    quiet: isAlert ? words.ruleInactive : words.ruleRecords,
    unknown: words.ruleUnknown,
  }[standing];
  return (
    <span className="rule-standing" data-standing={standing}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {standing === 'firing' && <path d="M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8z" fill="currentColor" />}
        {standing === 'pending' && <path d="M6 1.2 11.2 10.6H.8z" fill="currentColor" />}
        {standing === 'failing' && <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2" />}
        {(standing === 'quiet' || standing === 'unknown') && (
          <circle cx="6" cy="6" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.4" />
        )}
      </svg>
      {word}
    </span>
  );
}

function LabelList({ labels }: { labels: Labels }) {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return null;
  return (
    <span className="mono rule-labels">
      {pairs.map(([name, value]) => (
        <span key={name}>
          <span className="faint">{name}=</span>
          {value}
        </span>
      ))}
    </span>
  );
}
