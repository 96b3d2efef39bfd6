import type { Dependency } from '@farol/contract';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useFormat, useWords } from '../../i18n/language.tsx';
import { Dot, ServiceLink } from '../../parts/names.tsx';
import { Section } from '../../parts/Section.tsx';
import { Known } from '../services/cells.tsx';

/** Who calls it and whom it calls, as its spans tell. */
export function Dependencies({ of }: { of: readonly Dependency[] }) {
  const words = useWords();
  const format = useFormat();
  const kindWord = {
    service: words.kindService,
    database: words.kindDatabase,
    messaging: words.kindMessaging,
    external: words.kindExternal,
  };
  return (
    <Section title={words.dependencies}>
      {of.length === 0 ? (
        <p className="quiet">{words.dependenciesNone}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid-table">
            <thead>
              <tr>
                <th scope="col">{words.dependencies}</th>
                <th scope="col" className="num">
                  {words.rate}
                </th>
                <th scope="col" className="num">
                  {words.errors}
                </th>
                <th scope="col" className="num">
                  {words.p95}
                </th>
              </tr>
            </thead>
            <tbody>
              {of.map((dependency) => (
                <tr key={`${dependency.direction} ${dependency.kind} ${dependency.name}`}>
                  <td>
                    <span className="dependency">
                      {dependency.direction === 'calls' ? (
                        <IconArrowRight size={14} aria-hidden="true" />
                      ) : (
                        <IconArrowLeft size={14} aria-hidden="true" />
                      )}
                      <span className="faint nowrap">
                        {dependency.direction === 'calls' ? words.calls : words.calledBy}
                      </span>
                      {dependency.kind === 'service' ? (
                        <ServiceLink name={dependency.name} />
                      ) : (
                        <span className="service-link">
                          <Dot name={dependency.name} />
                          <span className="cut">{dependency.name}</span>
                        </span>
                      )}
                      <span className="faint nowrap">{kindWord[dependency.kind]}</span>
                    </span>
                  </td>
                  <td className="num">{format.rate(dependency.ratePerSecond)}</td>
                  <td className={dependency.errorShare >= 0.01 ? 'num bad' : 'num'}>
                    {format.share(dependency.errorShare)}
                  </td>
                  <td className="num">
                    <Known value={dependency.p95Ms} say={format.durationMs} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
