/**
 * How far back writing has reached, tenant by tenant: whoever remembers what the samples up to some time amount to asks
 * whether anything has been written there since. Bounded: what is too long ago to tell apart counts as reaching further.
 */
import type { Written } from '../contract.ts';

/** Of writings that each reach less far back than all after them would say alone. */
const writingsMax = 512;
const tenantsMax = 1_000;

/** Some writings in a row: the number of the last, and the least time among them and all that came after. */
interface Writing {
  readonly mark: number;
  readonly leastMs: number;
}

export class Writings {
  private mark = 0;
  /** Nothing is known about what was written before it. */
  private floor = 0;
  private readonly ofTenant = new Map<string, Writing[]>();

  /** Samples of `leastMs` and later have become visible, or may have. */
  note(tenant: string, leastMs: number): void {
    this.mark++;
    const writings = this.writingsOf(tenant);
    // What came before and reached less far back adds nothing: both ascend.
    while (writings.length > 0 && (writings.at(-1) as Writing).leastMs >= leastMs) writings.pop();
    writings.push({ mark: this.mark, leastMs });
    if (writings.length <= writingsMax) return;
    const [first, second] = writings as [Writing, Writing];
    writings.splice(0, 2, { mark: second.mark, leastMs: first.leastMs });
  }

  since(tenant: string, mark: number): Written {
    if (mark < this.floor) return { mark: this.mark, leastMs: Number.NEGATIVE_INFINITY };
    const writings = this.ofTenant.get(tenant) ?? [];
    let low = 0;
    let high = writings.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((writings[middle] as Writing).mark <= mark) low = middle + 1;
      else high = middle;
    }
    return { mark: this.mark, leastMs: writings[low]?.leastMs ?? Number.POSITIVE_INFINITY };
  }

  private writingsOf(tenant: string): Writing[] {
    const known = this.ofTenant.get(tenant);
    if (known !== undefined) return known;
    if (this.ofTenant.size >= tenantsMax) {
      this.ofTenant.clear();
      this.floor = this.mark;
    }
    const created: Writing[] = [];
    this.ofTenant.set(tenant, created);
    return created;
  }
}
