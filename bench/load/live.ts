/** One scrape of every series after another, for servers that are measured while samples arrive. */
import { post } from '../http.ts';
import { remoteWriteSource } from './remote-write.ts';

/** Ten instances fill a request of 2,000 samples and more with one round. */
const instancesPerRequest = 8;

export class LiveFeed {
  private readonly lanes: ReturnType<typeof remoteWriteSource>['lanes'];
  private readonly headers: Readonly<Record<string, string>>;
  private readonly urls: readonly string[];

  /** `urls` are where remote write is taken. The first round is of `firstMs`. */
  constructor(urls: readonly string[], plan: { instances: number; firstMs: number; stepMs: number }) {
    const shards = Math.ceil(plan.instances / instancesPerRequest);
    const source = remoteWriteSource({ ...plan, shards, lastMs: Number.MAX_SAFE_INTEGER });
    this.lanes = source.lanes;
    this.headers = source.headers;
    this.urls = urls;
  }

  /** Sends one round to every server; done when all have acknowledged it. */
  async round(): Promise<void> {
    for (const lane of this.lanes) {
      const body = lane();
      if (body) await Promise.all(this.urls.map((url) => this.send(url, body.bytes)));
    }
  }

  private async send(url: string, bytes: Buffer): Promise<void> {
    const { status, body } = await post(url, bytes, this.headers);
    if (status >= 300) throw new Error(`${url} answered ${status}: ${body.toString().slice(0, 300)}`);
  }
}
