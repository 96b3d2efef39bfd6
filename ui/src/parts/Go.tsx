import { Link, type LinkProps } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { readSearch, type Search, tidy, travelling } from '../url/search.ts';

export type Place =
  | '/'
  | '/services/$name'
  | '/traces'
  | '/traces/$id'
  | '/logs'
  | '/metrics-explorer'
  | '/queries'
  | '/rules'
  | '/welcome'
  | '/status';

interface GoProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: Place;
  readonly params?: Readonly<Record<string, string>>;
  /** What the target page needs on top of range and filters, which travel on their own; `undefined` drops one. */
  readonly search?: Search;
  readonly children?: ReactNode;
}

/** A link inside the product: the time range and the filters go along. */
export function Go({ to, params, search, ...rest }: GoProps) {
  const link = {
    to,
    params,
    search: (before: Record<string, unknown>) => onward(readSearch(before), search),
  } as unknown as LinkProps;
  return <Link {...link} {...rest} />;
}

function onward(before: Search, search: Search = {}): Search {
  return tidy({ ...travelling(before), ...search });
}
