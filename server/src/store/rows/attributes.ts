import type { Attributes, Labels, Resource, Scope } from '#model';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import { type Column, lowCardinality, plain, TextMap } from './table.ts';

export function pushLabels(map: TextMap<Cells>, labels: Labels): void {
  for (let i = 0; i < labels.length; i += 2) {
    map.keys.push(labels[i] as string);
    map.values.text(labels[i + 1] as string);
  }
  map.endRow();
}

/** Two columns: the values, and the types of those that are not strings. Hot. */
export class AttributeColumns {
  readonly map = new TextMap(new Cells());
  readonly types = new TextMap(new Dictionary());

  push({ keys, values, types }: Attributes): void {
    const { map } = this;
    for (let i = 0; i < keys.length; i++) {
      map.keys.push(keys[i] as string);
      map.values.text(values[i] as string);
    }
    map.endRow();
    if (types !== undefined) this.pushTypes(keys, types);
    this.types.endRow();
  }

  columns(name: string): Column[] {
    return [this.map.column(name), this.types.column(`${name}_types`)];
  }

  parts(): (Cells | Dictionary)[] {
    return [this.map.keys, this.map.values, this.types.keys, this.types.values];
  }

  /** After parts were written some other way. */
  endRow(): void {
    this.map.endRow();
    this.types.endRow();
  }

  private pushTypes(keys: readonly string[], types: readonly string[]): void {
    for (let i = 0; i < types.length; i++) {
      if (types[i] === 'string') continue;
      this.types.keys.push(keys[i] as string);
      this.types.values.push(types[i] as string);
    }
  }
}

/** Rows of one request share their resource and scope: what was written for the first of them is copied. Hot. */
class Repeated<Thing extends object> {
  private readonly parts: readonly (Cells | Dictionary)[];
  /** Where each thing stands: from and to of every part. */
  private readonly places = new Map<Thing, readonly number[]>();

  constructor(parts: readonly (Cells | Dictionary)[]) {
    this.parts = parts;
  }

  /** Whether the thing had been written before, and now was again. */
  repeat(thing: Thing): boolean {
    const place = this.places.get(thing);
    if (place === undefined) return false;
    for (let i = 0; i < this.parts.length; i++) {
      (this.parts[i] as Cells | Dictionary).repeat(place[2 * i] as number, place[2 * i + 1] as number);
    }
    return true;
  }

  write(thing: Thing, write: () => void): void {
    const before = this.parts.map((part) => part.length);
    write();
    this.places.set(
      thing,
      this.parts.flatMap((part, index) => [before[index] as number, part.length]),
    );
  }

  forget(): void {
    this.places.clear();
  }
}

export class ResourceColumns {
  private readonly attributes = new AttributeColumns();
  private readonly schema = new Dictionary();
  private readonly dropped = new Cells();
  private readonly repeated = new Repeated<Resource>([...this.attributes.parts(), this.schema, this.dropped]);

  push(resource: Resource): void {
    if (this.repeated.repeat(resource)) this.attributes.endRow();
    else this.writeFirst(resource);
  }

  private writeFirst(resource: Resource): void {
    this.repeated.write(resource, () => {
      this.attributes.push(resource.attributes);
      this.schema.push(resource.schemaUrl);
      this.dropped.uint32(resource.droppedAttributes);
    });
  }

  columns(): Column[] {
    return [
      ...this.attributes.columns('resource'),
      lowCardinality('resource_schema', this.schema),
      plain('resource_dropped', 'UInt32', this.dropped),
    ];
  }

  forget(): void {
    this.repeated.forget();
  }
}

export class ScopeColumns {
  private readonly attributes = new AttributeColumns();
  private readonly name = new Dictionary();
  private readonly version = new Dictionary();
  private readonly schema = new Dictionary();
  private readonly dropped = new Cells();
  private readonly repeated = new Repeated<Scope>([
    ...this.attributes.parts(),
    this.name,
    this.version,
    this.schema,
    this.dropped,
  ]);

  push(scope: Scope): void {
    if (this.repeated.repeat(scope)) this.attributes.endRow();
    else this.writeFirst(scope);
  }

  private writeFirst(scope: Scope): void {
    this.repeated.write(scope, () => {
      this.attributes.push(scope.attributes);
      this.name.push(scope.name);
      this.version.push(scope.version);
      this.schema.push(scope.schemaUrl);
      this.dropped.uint32(scope.droppedAttributes);
    });
  }

  columns(): Column[] {
    return [
      ...this.attributes.columns('scope'),
      lowCardinality('scope_name', this.name),
      lowCardinality('scope_version', this.version),
      lowCardinality('scope_schema', this.schema),
      plain('scope_dropped', 'UInt32', this.dropped),
    ];
  }

  forget(): void {
    this.repeated.forget();
  }
}
