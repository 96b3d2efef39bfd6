/** A double as OTLP JSON spells it; `-0` keeps its sign, so that it is given back whole. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
