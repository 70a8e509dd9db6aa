/** Zoom by pinching, wheel and Ctrl; moving by dragging. Scrolling by touch, wheel and bars is the browser's own. */
import { useEffect } from 'preact/hooks';
import type { Point } from './box-size.ts';

interface Gestures {
  /** `at`: from the left upper corner of what is seen. */
  zoomBy(factor: number, at: Point): void;
}

/** A drag begins after so many pixels: until then it is a click. */
const DRAG_FROM = 5;
const WHEEL = 0.0025;
/** A wheel's step is not more than that. */
const MOST_WHEEL = 120;

export function useGestures(element: HTMLElement | null, { zoomBy }: Gestures): void {
  useEffect(() => {
    if (!element) return;
    const ending = new AbortController();
    const { signal } = ending;
    const pointAt = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
      const { left, top } = element.getBoundingClientRect();
      return [clientX - left, clientY - top];
    };
    const wheel = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const step = Math.max(-MOST_WHEEL, Math.min(MOST_WHEEL, event.deltaY * (event.deltaMode === 1 ? 16 : 1)));
      // A touchpad's pinch comes as a wheel in small steps.
      zoomBy(Math.exp(-step * WHEEL * (Math.abs(step) < 20 ? 4 : 1)), pointAt(event));
    };
    element.addEventListener('wheel', wheel, { passive: false, signal });

    let spread: number | undefined;
    const pinch = (event: TouchEvent): void => {
      const [one, other] = event.touches;
      if (!one || !other || event.touches.length !== 2) {
        spread = undefined;
        return;
      }
      event.preventDefault();
      const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
      if (spread) zoomBy(now / spread, pointAt(middle));
      spread = now;
    };
    element.addEventListener('touchstart', pinch, { passive: false, signal });
    element.addEventListener('touchmove', pinch, { passive: false, signal });
    element.addEventListener('touchend', pinch, { passive: false, signal });
    dragToScroll(element, signal);
    return () => ending.abort();
  }, [element, zoomBy]);
}

function dragToScroll(element: HTMLElement, signal: AbortSignal): void {
  let from: { x: number; y: number; left: number; top: number; drags: boolean } | undefined;
  element.addEventListener(
    'pointerdown',
    ({ pointerType, button, clientX, clientY }) => {
      if (pointerType !== 'mouse' || button !== 0) return;
      from = { x: clientX, y: clientY, left: element.scrollLeft, top: element.scrollTop, drags: false };
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    ({ clientX, clientY, buttons, pointerId }) => {
      if (!from || buttons === 0) return;
      const [right, down] = [clientX - from.x, clientY - from.y];
      if (!from.drags && Math.hypot(right, down) < DRAG_FROM) return;
      if (!from.drags) {
        element.setPointerCapture(pointerId);
        element.classList.add('is-dragged');
      }
      from.drags = true;
      element.scrollTo(from.left - right, from.top - down);
    },
    { signal },
  );
  // The end of a drag is no click.
  element.addEventListener(
    'click',
    (event) => {
      if (from?.drags) {
        event.preventDefault();
        event.stopPropagation();
      }
      from = undefined;
    },
    { capture: true, signal },
  );
  const end = (): void => element.classList.remove('is-dragged');
  element.addEventListener('pointerup', end, { signal });
  element.addEventListener('pointercancel', end, { signal });
  element.addEventListener('dragstart', (event) => event.preventDefault(), { signal });
}
