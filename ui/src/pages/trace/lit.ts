import { type ComponentPlace, componentKey } from './component.ts';

/** Whether a component is the one pointed at in the header; all are while none is. */
export function isLit(place: ComponentPlace, lit: string | undefined): boolean {
  return lit === undefined || componentKey(place) === lit;
}
