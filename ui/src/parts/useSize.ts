import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** The size of an element, kept up to date. */
export function useSize<T extends HTMLElement>(): [RefObject<T | null>, { width: number; height: number }] {
  const element = useRef<T>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const current = element.current;
    if (!current) return;
    const read = () => {
      const width = current.clientWidth;
      const height = current.clientHeight;
      setSize((before) => (before.width === width && before.height === height ? before : { width, height }));
    };
    read();
    const watcher = new ResizeObserver(read);
    watcher.observe(current);
    return () => watcher.disconnect();
  }, []);
  return [element, size];
}
