/** Draws only the rows that are seen, of a list of any length. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

/** Rows beyond the edges that are drawn already. */
const OVERSCAN = 12;

export function useVirtual(count: number, height: number, element: { current: HTMLElement | null }) {
  const [, redraw] = useReducer((drawn: number, _: undefined) => drawn + 1, 0);
  const virtualizer = useRef<Virtualizer<HTMLElement, HTMLElement>>(undefined);
  const options = {
    count,
    getScrollElement: () => element.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  virtualizer.current ??= new Virtualizer(options);
  const current = virtualizer.current;
  current.setOptions({ ...current.options, ...options });
  useLayoutEffect(() => current._didMount(), []);
  useLayoutEffect(() => current._willUpdate());
  return current;
}
