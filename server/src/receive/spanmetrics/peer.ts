/** Whom a span talks to, by its own attributes: the name of a node that sends no spans itself. */
import type { Attributes } from '#model';

export interface Peer {
  /** A database: nothing will come from it. */
  readonly database: string;
  /** Whoever else; used when no span of it comes. */
  readonly peer: string;
}

/**
 * OpenTelemetry's names, the stable ones and those before them; a lower rank goes first. Those of a database are below
 * `firstPeerRank`.
 */
const ranks = new Map([
  ['db.system.name', 0],
  ['db.system', 1],
  ['db.namespace', 2],
  ['db.name', 3],
  ['messaging.system', 10],
  ['server.address', 11],
  ['net.peer.name', 12],
  ['rpc.service', 13],
  ['http.host', 14],
  ['network.peer.address', 15],
  ['peer.service', -1],
]);
const firstPeerRank = 10;
const noRank = 99;

/** Hot: once a client span, in one pass. */
export function peerOf({ keys, values }: Attributes): Peer {
  let service = '';
  let database = '';
  let databaseRank = noRank;
  let peer = '';
  let peerRank = noRank;
  for (let i = 0; i < keys.length; i++) {
    const rank = ranks.get(keys[i] as string);
    if (rank === undefined) continue;
    const value = values[i] as string;
    if (value === '') continue;
    if (rank < 0) service = value;
    else if (rank < firstPeerRank) {
      if (rank < databaseRank) database = value;
      databaseRank = Math.min(rank, databaseRank);
    } else {
      if (rank < peerRank) peer = value;
      peerRank = Math.min(rank, peerRank);
    }
  }
  if (database !== '') return { database: service || database, peer: '' };
  return { database: '', peer: service || peer };
}
