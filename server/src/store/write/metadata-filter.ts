/** Prometheus sends every metric's metadata each minute: only what changed, or was not written today, is written. */
import { createHash } from 'node:crypto';
import type { MetadataRow } from '#model';

const knownMax = 100_000;
const againMs = 24 * 3_600_000;

export class MetadataFilter {
  private readonly known = new Map<string, { digest: string; writtenMs: number }>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  isNews(tenant: string, row: MetadataRow): boolean {
    const key = `${tenant}\0${row.metric}`;
    const digest = createHash('sha256').update(`${row.type}\0${row.unit}\0${row.help}`).digest('base64');
    const before = this.known.get(key);
    if (before?.digest === digest && this.nowMs() - before.writtenMs < againMs) return false;
    if (this.known.size >= knownMax) this.known.clear();
    this.known.set(key, { digest, writtenMs: this.nowMs() });
    return true;
  }

  forget(): void {
    this.known.clear();
  }
}
