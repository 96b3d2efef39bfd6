import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from './shell/NotFound.tsx';
import { Shell } from './shell/Shell.tsx';
import { parseQuery, printQuery, readSearch } from './url/search.ts';

/** Every page is its own bundle; the shell is what loads first. */
const root = createRootRoute({
  validateSearch: (raw: Record<string, unknown>) => readSearch(raw),
  component: Shell,
  notFoundComponent: NotFound,
});

const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/services/ServicesPage.tsx'), 'ServicesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services/$name',
    component: lazyRouteComponent(() => import('./pages/service/ServicePage.tsx'), 'ServicePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces',
    component: lazyRouteComponent(() => import('./pages/traces/TracesPage.tsx'), 'TracesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/traces/$id',
    component: lazyRouteComponent(() => import('./pages/trace/TracePage.tsx'), 'TracePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/logs',
    component: lazyRouteComponent(() => import('./pages/logs/LogsPage.tsx'), 'LogsPage'),
  }),
  // `/metrics` itself is the server's own exposition.
  createRoute({
    getParentRoute: () => root,
    path: '/metrics-explorer',
    component: lazyRouteComponent(() => import('./pages/metrics/MetricsPage.tsx'), 'MetricsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/rules',
    component: lazyRouteComponent(() => import('./pages/rules/RulesPage.tsx'), 'RulesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/welcome',
    component: lazyRouteComponent(() => import('./pages/welcome/WelcomePage.tsx'), 'WelcomePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/queries',
    component: lazyRouteComponent(() => import('./pages/queries/QueriesPage.tsx'), 'QueriesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/status',
    component: lazyRouteComponent(() => import('./pages/status/StatusPage.tsx'), 'StatusPage'),
  }),
];

export function makeRouter() {
  return createRouter({
    routeTree: root.addChildren(pages),
    parseSearch: parseQuery,
    stringifySearch: printQuery,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
  });
}
