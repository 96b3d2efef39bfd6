/** Draws lines over two logarithmic axes as SVG that can be read on light and on dark pages. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly xShown: (value: number) => string;
  readonly yShown: (value: number) => string;
  readonly lines: readonly PlotLine[];
}

const [width, height] = [720, 400];
const frame = { left: 76, right: 210, top: 40, bottom: 52 };
/** Distinct without colour too: each line has a dash of its own. */
const strokes = [
  { colour: '#2a7de1', dash: '' },
  { colour: '#e07b00', dash: '7 4' },
  { colour: '#2b9a66', dash: '2 4' },
  { colour: '#b5489a', dash: '9 3 2 3' },
] as const;

export function plotted(plot: Plot): string {
  const points = plot.lines.flatMap(({ points }) => points);
  const x = scaleOf(
    points.map(({ x }) => x),
    [frame.left, width - frame.right],
  );
  const y = scaleOf(
    points.map(({ y }) => y),
    [height - frame.bottom, frame.top],
  );
  const [right, bottom] = [width - frame.right, height - frame.bottom];
  const grid = [
    ...x.ticks.map(
      (value) =>
        `<path class="grid" d="M${at(x.place(value))} ${frame.top}V${bottom}"/><text x="${at(x.place(value))}" y="${bottom + 18}" text-anchor="middle">${plot.xShown(value)}</text>`,
    ),
    ...y.ticks.map(
      (value) =>
        `<path class="grid" d="M${frame.left} ${at(y.place(value))}H${right}"/><text x="${frame.left - 8}" y="${at(y.place(value) + 4)}" text-anchor="end">${plot.yShown(value)}</text>`,
    ),
  ];
  const drawn = plot.lines.map(({ name, points }, index) => {
    const { colour, dash } = strokes[index % strokes.length] ?? strokes[0];
    const path = points.map((point) => `${at(x.place(point.x))} ${at(y.place(point.y))}`);
    const dots = points.map(
      (point) => `<circle cx="${at(x.place(point.x))}" cy="${at(y.place(point.y))}" r="3.5" fill="${colour}"/>`,
    );
    const row = frame.top + 10 + index * 24;
    return [
      `<path d="M${path.join('L')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      ...dots,
      `<path d="M${right + 14} ${row}h26" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      `<text x="${right + 46}" y="${row + 4}">${escaped(name)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(plot.title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-weight:600;font-size:14px}.grid{stroke:#8c959f;stroke-opacity:.35;fill:none}.even{stroke:#8c959f;stroke-width:1.5;stroke-dasharray:2 5;fill:none}@media(prefers-color-scheme:dark){text{fill:#adbac7}}</style>',
    `<text class="title" x="${frame.left}" y="22">${escaped(plot.title)}</text>`,
    ...grid,
    evenly(plot.lines[0], x, y),
    ...drawn,
    `<text x="${(frame.left + right) / 2}" y="${height - 10}" text-anchor="middle">${escaped(plot.xName)}</text>`,
    `<text transform="translate(16 ${(frame.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(plot.yName)}</text>`,
    '</svg>\n',
  ].join('\n');
}

interface LogScale {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** Ticks at 1, 3 and 10 of each power of ten that the values reach. */
function scaleOf(values: readonly number[], [from, to]: readonly [number, number]): LogScale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive)) * 2) / 2;
  const high = Math.max(low + 0.5, Math.ceil(Math.log10(Math.max(...positive)) * 2) / 2);
  const ticks: number[] = [];
  for (let half = Math.round(low * 2); half <= high * 2; half++)
    ticks.push(half % 2 === 0 ? 10 ** (half / 2) : 3 * 10 ** ((half - 1) / 2));
  return { ticks, place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

/** A dotted line as steep as a cost that grows with its samples, from the first line's start. */
function evenly(line: PlotLine | undefined, x: LogScale, y: LogScale): string {
  const first = line?.points[0];
  const last = line?.points.at(-1);
  if (!first || !last) return '';
  const endY = first.y * (last.x / first.x);
  return `<path class="even" d="M${at(x.place(first.x))} ${at(y.place(first.y))}L${at(x.place(last.x))} ${at(y.place(endY))}"/>`;
}

const at = (value: number) => value.toFixed(1);

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
