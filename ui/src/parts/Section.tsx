import type { ReactNode } from 'react';

interface SectionProps {
  readonly title: ReactNode;
  readonly hint?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A titled part of a page: a heading, what belongs beside it, and the content. No box. */
export function Section({ title, hint, aside, children, className }: SectionProps) {
  return (
    <section className={`section ${className ?? ''}`}>
      <header className="section-head">
        <h2 title={hint}>{title}</h2>
        {aside && <div className="section-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}
