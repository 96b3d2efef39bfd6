/** A door before a port of this machine, on a port that stays the same: it can be shut, and let nothing out. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

interface Door {
  readonly port: number;
  /** Connections are cut in the middle, and new ones refused. */
  shut(): Promise<void>;
  /** What is asked goes in; when an answer comes, the connection ends without it. */
  muffle(): Promise<void>;
  /** As in the beginning, on the same port. */
  open(): Promise<void>;
}

/** Open at first. `inner` is looked at for each connection. */
export async function openDoor(inner: () => number): Promise<Door> {
  let isMuffled = false;
  const sockets = new Set<Socket>();
  const server = createServer((outside) => {
    const inside = connect(inner(), '127.0.0.1');
    for (const [socket, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      sockets.add(socket);
      // Whichever side breaks, the other one is told by the connection that ends.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    outside.pipe(inside);
    inside.on('data', (bytes) => {
      if (isMuffled) outside.destroy();
      else if (!outside.write(bytes)) inside.pause();
    });
    outside.on('drain', () => inside.resume());
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async shut() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async muffle() {
      isMuffled = true;
    },
    async open() {
      isMuffled = false;
      if (!server.listening) await listen(port);
    },
  };
}
