import type { LogShapeRow } from '#model';
import { pushLabels } from './attributes.ts';
import { Cells } from './cells.ts';
import { Dictionary } from './dictionary.ts';
import { lowCardinality, plain, Table, TextMap } from './table.ts';

export class LogShapeRows {
  private readonly tenant = new Dictionary();
  private readonly service = new Dictionary();
  private readonly slot = new Cells();
  private readonly stream = new TextMap(new Cells());
  private readonly shape = new Cells();
  private readonly lines = new Cells();
  readonly table = new Table('log_shapes', [
    lowCardinality('tenant', this.tenant),
    lowCardinality('service', this.service),
    plain('slot', "DateTime('UTC')", this.slot),
    this.stream.column('stream'),
    plain('shape', 'String', this.shape),
    plain('lines', 'UInt64', this.lines),
  ]);

  push(tenant: string, rows: readonly LogShapeRow[]): void {
    for (const row of rows) {
      this.tenant.push(tenant);
      this.service.push(row.service);
      this.slot.uint32(row.slotSeconds);
      pushLabels(this.stream, row.stream);
      this.shape.text(row.shape);
      this.lines.integer64(row.lines);
      this.table.rows++;
    }
  }
}
