/**
 * Neumaier's compensated sum, as Prometheus sums (util/kahansum). The result is `sum + compensation`.
 * A mutable cell instead of pairs, so that hot loops allocate nothing.
 */
export class KahanSum {
  sum = 0;
  compensation = 0;

  reset(sum: number, compensation: number): void {
    this.sum = sum;
    this.compensation = compensation;
  }

  add(value: number): void {
    const total = this.sum + value;
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) this.compensation = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.compensation += this.sum - total + value;
    else this.compensation += value - total + this.sum;
    this.sum = total;
  }

  get total(): number {
    return this.sum + this.compensation;
  }
}
