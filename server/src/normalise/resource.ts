/** Who sent it: service, job, instance and the resource attributes that become labels. Read once per resource. */
import { attributeValue, type Labels, labelsFrom, type Resource } from '#model';
import { labelName } from './names.ts';

/** What the OTel SDKs call a service that was given no name. */
export const unknownService = 'unknown_service';

export function serviceOf(resource: Resource): string {
  return attributeValue(resource.attributes, 'service.name') || unknownService;
}

/** `namespace/name`, as Prometheus' OTLP receiver has it. */
function jobOf(resource: Resource): string {
  const namespace = attributeValue(resource.attributes, 'service.namespace');
  return namespace ? `${namespace}/${serviceOf(resource)}` : serviceOf(resource);
}

export type IsPromoted = (attribute: string) => boolean;

/** OTLP names; a `*` at the end stands for every ending. */
export function promotedBy(attributes: readonly string[]): IsPromoted {
  const exact = new Set(attributes.filter((name) => !name.endsWith('*')));
  const prefixes = attributes.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return (attribute) => exact.has(attribute) || prefixes.some((prefix) => attribute.startsWith(prefix));
}

/** `service_name` and the promoted attributes, by label name: what every stream and series of a resource carries. */
function* promotedLabels(resource: Resource, isPromoted: IsPromoted): Generator<[string, string]> {
  const { keys, values } = resource.attributes;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? '';
    if (key !== 'service.name' && isPromoted(key)) yield [labelName(key), values[i] ?? ''];
  }
  yield ['service_name', serviceOf(resource)];
}

/** The Loki stream of a resource's logs. */
export function streamOf(resource: Resource, isPromoted: IsPromoted): Labels {
  return labelsFrom(promotedLabels(resource, isPromoted));
}

/** `job`, `instance` and the promoted labels of a resource's series. */
export function* seriesIdentity(resource: Resource, isPromoted: IsPromoted): Generator<[string, string]> {
  yield* promotedLabels(resource, isPromoted);
  yield ['job', jobOf(resource)];
  const instance = attributeValue(resource.attributes, 'service.instance.id');
  if (instance) yield ['instance', instance];
}

const identifying = new Set(['service.name', 'service.namespace', 'service.instance.id']);

/** Labels of `target_info`: job, instance and everything that is not identity. Undefined when nothing is left to say. */
export function targetInfoLabels(resource: Resource): Labels | undefined {
  const { keys, values } = resource.attributes;
  const pairs: [string, string][] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? '';
    if (!identifying.has(key)) pairs.push([labelName(key), values[i] ?? '']);
  }
  if (pairs.length === 0) return undefined;
  const instance = attributeValue(resource.attributes, 'service.instance.id') ?? '';
  return labelsFrom([...pairs, ['job', jobOf(resource)], ['instance', instance], ['__name__', 'target_info']]);
}
