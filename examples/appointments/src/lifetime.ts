/** How each of the example's processes tells its starter where it listens, and ends when told to or left alone. */
import type { AddressInfo } from 'node:net';

const stopMsMax = 8_000;

export function announce(address: AddressInfo | string | null): void {
  if (typeof address !== 'object' || !address) throw new TypeError('the server must listen on a port');
  process.send?.({ kind: 'ready', port: address.port });
}

/** Runs `stop` once, on SIGTERM, SIGINT or when the parent process is gone, and then ends this process. */
export function onStop(stop: () => Promise<void>): void {
  let stopping = false;
  const end = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), stopMsMax).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
}
