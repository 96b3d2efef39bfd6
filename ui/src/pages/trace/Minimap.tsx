import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useWords } from '../../i18n/language.tsx';
import { hueOf } from '../../look/hues.ts';
import { useSize } from '../../parts/useSize.ts';
import type { Row } from './tree.ts';

/** The stretch of the trace the waterfall shows. */
export interface Window {
  readonly fromNs: number;
  readonly toNs: number;
}

interface MinimapProps {
  readonly rows: readonly Row[];
  readonly durationNs: number;
  readonly window: Window;
  readonly onWindow: (window: Window) => void;
  readonly onRow: (row: number) => void;
  /** The rows in view, as shares of all. */
  readonly view: { readonly from: number; readonly share: number };
}

const height = 44;
const dragPixelsMin = 5;

/** The whole trace at a glance: a drag narrows the time, a click jumps to a row, a double click shows all again. */
export function Minimap({ rows, durationNs, window, onWindow, onRow, view }: MinimapProps) {
  const words = useWords();
  const [holder, { width }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [from, setFrom] = useState<number>();
  const [to, setTo] = useState<number>();

  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, rows, durationNs, width);
  }, [rows, durationNs, width]);

  const placeOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: Math.min(Math.max(event.clientX - box.left, 0), width), y: event.clientY - box.top };
  };
  const far = from !== undefined && to !== undefined && Math.abs(to - from) >= dragPixelsMin;
  const up = (event: PointerEvent<HTMLElement>) => {
    if (far)
      onWindow({
        fromNs: (Math.min(from, to) / width) * durationNs,
        toNs: Math.max((Math.max(from, to) / width) * durationNs, (Math.min(from, to) / width) * durationNs + 1),
      });
    else onRow(Math.min(rows.length - 1, Math.max(0, Math.floor((placeOf(event).y / height) * rows.length))));
    setFrom(undefined);
    setTo(undefined);
  };
  const left = (window.fromNs / durationNs) * width;
  const right = (1 - window.toNs / durationNs) * width;
  return (
    <div
      ref={holder}
      className="minimap"
      style={{ height }}
      role="img"
      aria-label={words.minimap}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom(placeOf(event).x);
      }}
      onPointerMove={(event) => from !== undefined && setTo(placeOf(event).x)}
      onPointerUp={up}
      onDoubleClick={() => onWindow({ fromNs: 0, toNs: durationNs })}
    >
      <canvas ref={canvas} />
      <div className="minimap-shade" style={{ left: 0, width: Math.max(0, left) }} />
      <div className="minimap-shade" style={{ right: 0, width: Math.max(0, right) }} />
      {view.share < 1 && (
        <div className="minimap-view" style={{ top: view.from * height, height: Math.max(3, view.share * height) }} />
      )}
      {far && <div className="chart-selection" style={{ left: Math.min(from, to), width: Math.abs(to - from) }} />}
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, rows: readonly Row[], durationNs: number, width: number): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colors = Array.from({ length: 8 }, (_, hue) => style.getPropertyValue(`--hue-${hue}`).trim());
  const bad = style.getPropertyValue('--bad').trim();
  const line = Math.max(1, Math.min(4, height / rows.length - 0.5));
  // The failing ones last, so that nothing covers them.
  for (const errors of [false, true]) {
    for (let i = 0; i < rows.length; i++) {
      const span = rows[i]?.span;
      if (!span || (span.status === 'error') !== errors) continue;
      pen.fillStyle = errors ? bad : (colors[hueOf(span.componentName)] ?? bad);
      pen.fillRect(
        (span.offsetNs / durationNs) * width,
        (i / rows.length) * height,
        Math.max(1, (span.durationNs / durationNs) * width),
        line,
      );
    }
  }
}
