import type { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { untilAnswered } from './data/queries.ts';
import { NotFound } from './shell/NotFound.tsx';
import { Shell } from './shell/Shell.tsx';
import { parseQuery, printQuery, readSearch } from './url/search.ts';

/** Every page is its own bundle; the shell is what loads first. */
const root = createRootRoute({
  validateSearch: (raw: Record<string, unknown>) => readSearch(raw),
  component: Shell,
  notFoundComponent: NotFound,
});

type Patient = <T>(load: () => Promise<T>) => () => Promise<T>;

const pagesFor = (patient: Patient) => [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(
      patient(() => import('./pages/services/ServicesPage.tsx')),
      'ServicesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services/$name',
    component: lazyRouteComponent(
      patient(() => import('./pages/service/ServicePage.tsx')),
      'ServicePage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces',
    component: lazyRouteComponent(
      patient(() => import('./pages/traces/TracesPage.tsx')),
      'TracesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces/$id',
    component: lazyRouteComponent(
      patient(() => import('./pages/trace/TracePage.tsx')),
      'TracePage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/logs',
    component: lazyRouteComponent(
      patient(() => import('./pages/logs/LogsPage.tsx')),
      'LogsPage',
    ),
  }),
  // `/metrics` itself is the server's own exposition.
  createRoute({
    getParentRoute: () => root,
    path: '/metrics-explorer',
    component: lazyRouteComponent(
      patient(() => import('./pages/metrics/MetricsPage.tsx')),
      'MetricsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/rules',
    component: lazyRouteComponent(
      patient(() => import('./pages/rules/RulesPage.tsx')),
      'RulesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/welcome',
    component: lazyRouteComponent(
      patient(() => import('./pages/welcome/WelcomePage.tsx')),
      'WelcomePage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/queries',
    component: lazyRouteComponent(
      patient(() => import('./pages/queries/QueriesPage.tsx')),
      'QueriesPage',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/status',
    component: lazyRouteComponent(
      patient(() => import('./pages/status/StatusPage.tsx')),
      'StatusPage',
    ),
  }),
];

export function makeRouter(client: QueryClient) {
  // A page that Farol is not there to give is got when it is back; of what an upgrade has replaced, the router then
  // loads the new one.
  const patient: Patient = (load) => () => load().catch(() => untilAnswered(client).then(load));
  return createRouter({
    routeTree: root.addChildren(pagesFor(patient)),
    parseSearch: parseQuery,
    stringifySearch: printQuery,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}
