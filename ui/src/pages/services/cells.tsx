import type { ServiceSummary } from '@farol/contract';
import { useFormat, useWords } from '../../i18n/language.tsx';
import type { Words } from '../../i18n/words.ts';

export function trendOf(service: ServiceSummary, name: 'rate' | 'errors' | 'p95'): readonly (number | null)[] {
  return service.trend.lines.find((line) => line.name === name)?.values ?? [];
}

/** A value, or a dash that says it is not known rather than zero. */
export function Known({ value, say }: { value: number | null; say: (value: number) => string }) {
  const words = useWords();
  return value === null ? (
    <span className="faint" title={words.noValue}>
      –
    </span>
  ) : (
    say(value)
  );
}

/** A change is worth a word from here on. */
const changeTold = 1.3;
const changeLoud = 3;

export function Change({ factor }: { factor: number | null }) {
  const words = useWords();
  const format = useFormat();
  if (factor === null || !Number.isFinite(factor) || factor < changeTold) return null;
  return (
    <span className="changed" data-loud={factor >= changeLoud ? 'bad' : 'warn'}>
      ▲ {words.ofUsual(format.times(factor))}
    </span>
  );
}

const saturationWarn = 0.7;
const saturationBad = 0.9;

/** How full the fullest thing is: a bar, a number and which one. Without any, nothing. */
export function SaturationBar({ of }: { of: ServiceSummary['saturation'] }) {
  const words = useWords();
  const format = useFormat();
  if (!of) return <Known value={null} say={format.share} />;
  const state = of.share >= saturationBad ? 'bad' : of.share >= saturationWarn ? 'warn' : 'ok';
  return (
    <span className="saturation" data-state={state}>
      <span className="saturation-bar">
        <i style={{ width: `${Math.min(1, of.share) * 100}%` }} />
      </span>
      <span>{format.share(of.share)}</span>
      <span className="faint cut">{saturationWord(of.of, words)}</span>
    </span>
  );
}

export function saturationWord(name: string, words: Words): string {
  const known: Readonly<Record<string, string>> = {
    cpu: words.saturationCpu,
    memory: words.saturationMemory,
    'event-loop': words.saturationEventLoop,
    goroutines: words.saturationGoroutines,
    gc: words.saturationGc,
    connections: words.saturationConnections,
    threads: words.saturationThreads,
  };
  return known[name] ?? name;
}
