/** Checks a target's `__address__`: `host:port`, `host`, `[::1]:9100`. The problem as Prometheus says it, or undefined. */
export function addressProblem(address: string): string | undefined {
  return address.includes('/') ? `${JSON.stringify(address)} is not a valid hostname` : undefined;
}
