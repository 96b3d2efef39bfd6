import type { Chart, Level } from '@farol/contract';
import type { DrawnSeries } from '../../charts/TimeChart.tsx';
import type { Labels } from '../../data/prometheus.ts';
import type { Words } from '../../i18n/words.ts';
import { levelColor, levels, levelWord } from '../../parts/names.tsx';

/** The colour of a series that is a level's alone. */
export function colorOfLevel(labels: Labels): string | undefined {
  const [name, ...more] = Object.keys(labels);
  if (more.length > 0 || (name !== 'detected_level' && name !== 'level')) return undefined;
  return levelColor[labels[name] as Level];
}

/** The levels of a histogram as stacked bars, the gravest at the bottom, where it is easiest to see. */
export function levelSeries(chart: Chart, words: Words): readonly DrawnSeries[] {
  return levels.flatMap((level: Level) => {
    const line = chart.lines.find(({ name }) => name === level);
    if (!line || line.values.every((value) => !value)) return [];
    return [
      {
        name: level,
        label: levelWord(level, words),
        color: levelColor[level],
        values: line.values,
        shape: 'bar' as const,
        stack: 'level',
      },
    ];
  });
}
