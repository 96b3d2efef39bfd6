/** PromQL text with a service, an environment or names put in as data. */

export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** Any of these metric names, which are ours and hold no regex characters. */
export const nameIn = (metrics: readonly string[]): string => `__name__=~"${metrics.join('|')}"`;

export function serviceMatchers(service: { readonly service: string; readonly named: boolean }): string[] {
  return service.named
    ? [`service_name=${quoted(service.service)}`]
    : ['service_name=""', `job=${quoted(service.service)}`];
}

/** Series say their environment under the stable name or the one before it; either will do. */
export function inEither(environment: string | undefined, write: (matchers: readonly string[]) => string): string {
  if (environment === undefined) return write([]);
  const value = quoted(environment);
  return `(${write([`deployment_environment_name=${value}`])} or ${write([`deployment_environment=${value}`])})`;
}
