import { type Labels, noLabels } from '#model';
import { ParsedLabels } from './parsedlabels.ts';
import { type Stream, streamOf } from './stream.ts';

export const ERROR = '__error__';
export const ERROR_DETAILS = '__error_details__';
export const PRESERVE_ERROR = '__preserve_error__';
/** Looked at in every line, wherever they come from. */
export const labelsOfErrors: ReadonlySet<string> = new Set([ERROR, ERROR_DETAILS, PRESERVE_ERROR]);
const EXTRACTED = '_extracted';

/**
 * One line on its way through the stages. There is one per query: `begin` makes it the next line. Labels come from the
 * stream, the structured metadata and the parsers; a name belongs to the first of them, and a loser is `<name>_extracted`.
 */
export class LineState {
  line = '';
  timeNs = 0n;
  stream: Stream = streamOf(noLabels, 0);
  /** Names and values by turns, as the stages left them. */
  metadata: string[] = [];
  readonly parsed = new ParsedLabels();
  /** Stream labels that a stage took away. */
  readonly deleted: string[] = [];
  error = '';
  errorDetails = '';
  /** Names that were parsed and then taken away: a later parser does not bring them back. */
  private readonly spent = new Set<string>();

  begin(line: string, timeNs: bigint, stream: Stream, metadata: Labels): void {
    this.line = line;
    this.timeNs = timeNs;
    this.stream = stream;
    this.parsed.clear();
    if (this.spent.size > 0) this.spent.clear();
    if (this.deleted.length > 0) this.deleted.length = 0;
    this.error = '';
    this.errorDetails = '';
    if (this.metadata.length > 0) this.metadata.length = 0;
    if (metadata.length > 0) this.addMetadata(metadata);
  }

  /** Untouched: the labels are the stream's own. */
  get isPlain(): boolean {
    return (
      this.parsed.size === 0 &&
      this.metadata.length === 0 &&
      this.deleted.length === 0 &&
      this.error === '' &&
      this.errorDetails === ''
    );
  }

  /** The value, `''` included, or undefined when there is no such label. */
  get(name: string): string | undefined {
    const parsed = this.parsed.get(name);
    if (parsed !== undefined) return parsed;
    const { metadata } = this;
    for (let i = 0; i < metadata.length; i += 2) if (metadata[i] === name) return metadata[i + 1];
    const own = this.stream.values.get(name);
    return own === undefined || own === '' || this.deleted.includes(name) ? undefined : own;
  }

  /** What a parser calls a field: its name, or the loser's name where the stream or the metadata has it already. */
  nameFor(field: string): string {
    return this.stream.values.has(field) || this.hasMetadata(field) ? `${field}${EXTRACTED}` : field;
  }

  hasMetadata(name: string): boolean {
    const { metadata } = this;
    for (let i = 0; i < metadata.length; i += 2) if (metadata[i] === name) return true;
    return false;
  }

  /** The first parser to find a field keeps it. */
  isExtracted(name: string): boolean {
    return this.parsed.has(name) || (this.spent.size > 0 && this.spent.has(name));
  }

  set(name: string, value: string): void {
    if (this.metadata.length > 0) this.removeMetadata(name);
    this.parsed.set(name, value);
  }

  remove(name: string): void {
    if (this.parsed.delete(name)) this.spent.add(name);
    if (this.metadata.length > 0) this.removeMetadata(name);
    this.deleted.push(name);
  }

  fail(error: string, details: string): void {
    this.error = error;
    this.errorDetails = details;
  }

  /** As `fail`, where an earlier error is the more useful one. */
  failLater(error: string, details: string): void {
    if (this.error === '') this.fail(error, details);
  }

  /** Every label by name, errors included, for templates and `keep`. */
  all(): Map<string, string> {
    const labels = new Map<string, string>();
    for (const [name, value] of this.stream.values) if (!this.deleted.includes(name)) labels.set(name, value);
    for (let i = 0; i < this.metadata.length; i += 2) labels.set(this.metadata[i] ?? '', this.metadata[i + 1] ?? '');
    for (const [name, value] of this.parsed) labels.set(name, value);
    if (this.error !== '') labels.set(ERROR, this.error);
    if (this.errorDetails !== '') labels.set(ERROR_DETAILS, this.errorDetails);
    return labels;
  }

  private addMetadata(metadata: Labels): void {
    for (let i = 0; i < metadata.length; i += 2) {
      const name = metadata[i] ?? '';
      const value = metadata[i + 1] ?? '';
      if (name === ERROR) this.error = value;
      else if (name === ERROR_DETAILS) this.errorDetails = value;
      else this.metadata.push(this.stream.values.has(name) ? `${name}${EXTRACTED}` : name, value);
    }
  }

  private removeMetadata(name: string): void {
    const { metadata } = this;
    for (let i = 0; i < metadata.length; i += 2) {
      if (metadata[i] !== name) continue;
      metadata.splice(i, 2);
      return;
    }
  }
}
