import { formatFloat, goQuote, printDurationMs } from '@farol/promql';
import type {
  BinaryExpr,
  Expr,
  Extraction,
  Grouping,
  LabelChoice,
  LabelFilter,
  LabelMatcher,
  LineFilterOperand,
  LogExpr,
  LogRange,
  MetricExpr,
  Stage,
  Unwrap,
} from './ast.ts';
import { printByteSize } from './bytesize.ts';
import { printGoDuration } from './goduration.ts';

/** The query on one line, as Loki prints it; parsing it gives the same tree (but for sizes, which are rounded). */
export function printExpr(expr: Expr): string {
  return expr.kind === 'log' ? printLog(expr) : printMetric(expr);
}

function printMetric(expr: MetricExpr): string {
  switch (expr.kind) {
    case 'number':
      return formatFloat(expr.value);
    case 'vector':
      return `vector(${formatFloat(expr.value)})`;
    case 'range': {
      const param = expr.param === undefined ? '' : `${formatFloat(expr.param)},`;
      return `${expr.op}(${param}${printRange(expr.range)})${printGrouping(expr.grouping)}`;
    }
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${expr.param},`;
      return `${expr.op}${printGrouping(expr.grouping)}(${param}${printMetric(expr.expr)})`;
    }
    case 'label_replace': {
      const texts = [expr.to, expr.replacement, expr.from, expr.pattern].map(goQuote).join(',');
      return `label_replace(${printMetric(expr.expr)},${texts})`;
    }
    case 'binary':
      return `(${printMetric(expr.left)} ${printOperator(expr)} ${printMetric(expr.right)})`;
  }
}

function printOperator({ op, bool, matching }: BinaryExpr): string {
  const { on, labels, include, cardinality } = matching;
  const isGrouped = cardinality !== 'one-to-one';
  let text = bool ? `${op} bool` : op;
  if (on || isGrouped || labels.length > 0) text += ` ${on ? 'on' : 'ignoring'} (${labels.join(',')})`;
  if (isGrouped) text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${include.join(',')})`;
  return text;
}

function printGrouping(grouping: Grouping | undefined): string {
  if (grouping === undefined) return '';
  return ` ${grouping.without ? 'without' : 'by'} (${grouping.labels.join(',')}) `;
}

function printRange({ log, unwrap, rangeMs, offsetMs }: LogRange): string {
  const offset = offsetMs === 0 ? '' : ` offset ${printGoDuration(Math.round(offsetMs * 1e6))}`;
  return `${printLog(log)}${printUnwrap(unwrap)}[${printDurationMs(rangeMs)}]${offset}`;
}

function printUnwrap(unwrap: Unwrap | undefined): string {
  if (unwrap === undefined) return '';
  const { name, conversion, filters } = unwrap;
  const value = conversion === undefined ? name : `${conversion}(${name})`;
  return ` | unwrap ${value}${filters.map((filter) => ` | ${printLabelFilter(filter)}`).join('')}`;
}

function printLog({ matchers, stages }: LogExpr): string {
  const selector = `{${matchers.map(printMatcher).join(', ')}}`;
  return [selector, ...stages.map(printStage)].join(' ');
}

function printMatcher({ name, kind, value }: LabelMatcher): string {
  return `${name}${kind}${goQuote(value)}`;
}

/** A stage as it stands in a pipeline, its `|` included. */
export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'line':
      return `${stage.op} ${stage.operands.map(printOperand).join(' or ')}`;
    case 'json':
      return `| json${printExtractions(stage.extractions)}`;
    case 'logfmt': {
      const flags = `${stage.strict ? ' --strict' : ''}${stage.keepEmpty ? ' --keep-empty' : ''}`;
      return `| logfmt${flags}${printExtractions(stage.extractions)}`;
    }
    case 'regexp':
    case 'pattern':
      return `| ${stage.kind} ${goQuote(stage.pattern)}`;
    case 'unpack':
    case 'decolorize':
      return `| ${stage.kind}`;
    case 'line_format':
      return `| line_format ${goQuote(stage.template)}`;
    case 'label_format': {
      const formats = stage.formats.map((format) =>
        format.kind === 'rename' ? `${format.to}=${format.from}` : `${format.to}=${goQuote(format.template)}`,
      );
      return `| label_format ${formats.join(',')}`;
    }
    case 'filter':
      return `| ${printLabelFilter(stage.filter)}`;
    case 'drop':
    case 'keep':
      return `| ${stage.kind} ${stage.labels.map(printChoice).join(',')}`;
  }
}

function printOperand({ kind, value }: LineFilterOperand): string {
  return kind === 'ip' ? `ip(${goQuote(value)})` : goQuote(value);
}

function printExtractions(extractions: readonly Extraction[]): string {
  if (extractions.length === 0) return '';
  return ` ${extractions.map(({ name, path }) => `${name}=${goQuote(path)}`).join(',')}`;
}

function printChoice(choice: LabelChoice): string {
  return choice.kind === 'name' ? choice.name : printMatcher(choice.matcher);
}

function printLabelFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case 'and':
      return `( ${printLabelFilter(filter.left)} , ${printLabelFilter(filter.right)} )`;
    case 'or':
      return `( ${printLabelFilter(filter.left)} or ${printLabelFilter(filter.right)} )`;
    case 'match':
      return printMatcher(filter.matcher);
    case 'ip':
      return `${filter.name}${filter.op}ip(${goQuote(filter.pattern)})`;
    case 'number':
      return `${filter.name}${filter.op}${formatFloat(filter.value)}`;
    case 'duration':
      return `${filter.name}${filter.op}${printGoDuration(filter.value)}`;
    case 'bytes':
      return `${filter.name}${filter.op}${printByteSize(filter.value)}`;
  }
}
