/** The picture: boxes and lines, which can be zoomed, moved, and walked through with the keyboard. */
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icon.tsx';
import { BOX, type Point } from './box-size.ts';
import { BoxView } from './box-view.tsx';
import type { Link } from './graph.ts';
import { t } from './messages.ts';
import { boxTowards, isDirection } from './moves.ts';
import { LINES } from './texts.ts';
import { linePath, type Places } from './use-drawing.ts';
import { useGestures } from './use-gestures.ts';
import type { BoxText } from './use-texts.ts';
import {
  clampScale,
  firstScale,
  fitScale,
  MARGIN,
  scrollForZoom,
  scrollToBox,
  scrollToMiddle,
  scrollToStart,
} from './viewport.ts';

interface MapCanvasProps {
  label: string;
  places: Places;
  boxes: readonly BoxText[];
  links: readonly Link[];
  /** The box that is in the middle at first. */
  root?: string | undefined;
  open(id: string): void;
}

const STEP = 1.25;

export function MapCanvas({ label, places, boxes, links, root, open }: MapCanvasProps) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const svg = useRef<SVGSVGElement>(null);
  const id = useId();
  const arrow = `url(#${id})`;
  const scale = useRef(1);
  const [current, setCurrent] = useState<string>();
  const [pointed, setPointed] = useState<string>();
  const viewOf = () => ({ width: scroller?.clientWidth ?? 0, height: scroller?.clientHeight ?? 0 });
  const resize = useCallback((next: number): void => {
    scale.current = clampScale(next);
    const map = svg.current;
    if (!map) return;
    const { width, height } = map.viewBox.baseVal;
    map.setAttribute('width', String(Math.round(width * scale.current)));
    map.setAttribute('height', String(Math.round(height * scale.current)));
  }, []);
  const zoomBy = useCallback(
    (factor: number, at?: Point): void => {
      if (!scroller) return;
      const before = scale.current;
      const middle: Point = at ?? [scroller.clientWidth / 2, scroller.clientHeight / 2];
      const scroll: Point = [scroller.scrollLeft, scroller.scrollTop];
      resize(before * factor);
      scroller.scrollTo(...scrollForZoom(scroll, viewOf(), middle, before, scale.current));
    },
    [scroller, resize],
  );
  useGestures(scroller, { zoomBy });
  // The size follows what is shown; all is seen where it was arranged anew.
  useLayoutEffect(() => resize(scale.current), [places.width, places.height]);
  useLayoutEffect(() => {
    if (!scroller) return;
    resize(firstScale(places, viewOf()));
    const middle = root === undefined ? undefined : places.boxes.get(root);
    scroller.scrollTo(
      ...(middle
        ? scrollToMiddle(places, viewOf(), middle, scale.current)
        : scrollToStart(places, viewOf(), scale.current)),
    );
  }, [scroller, places.round]);
  const showAll = (): void => {
    resize(fitScale(places, viewOf()));
    scroller?.scrollTo(...scrollToStart(places, viewOf(), scale.current));
  };
  const shown = useMemo(() => new Map(boxes.map((box) => [box.id, box])), [boxes]);
  const first =
    current !== undefined && shown.has(current) ? current : (boxes.find(({ id }) => id === root) ?? boxes[0])?.id;
  const focus = (id: string): void => {
    const place = places.boxes.get(id);
    const element = svg.current?.querySelector<SVGElement>(`[data-box="${CSS.escape(id)}"]`);
    if (!place || !scroller || !element) return;
    element.focus({ preventScroll: true });
    scroller.scrollTo(...scrollToBox([scroller.scrollLeft, scroller.scrollTop], viewOf(), place, scale.current));
  };
  const keys = (event: KeyboardEvent): void => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    const id = boxAt(target);
    if (isDirection(key)) {
      const next = id === undefined ? first : boxTowards(id, key, placesOf(boxes, places), links);
      if (next) focus(next);
    } else if (key === '+' || key === '=') zoomBy(STEP);
    else if (key === '-') zoomBy(1 / STEP);
    else if (key === '0') showAll();
    else if ((key === 'Enter' || key === ' ') && id !== undefined && shown.get(id)?.isMany) open(id);
    else return;
    event.preventDefault();
  };
  // The focus is not lost with a box that was opened.
  const wasFocused = useRef(false);
  useEffect(() => {
    if (wasFocused.current && svg.current && document.activeElement === document.body && first) focus(first);
  }, [boxes]);
  const active = pointed ?? current;
  return (
    <div class="map-picture">
      <div
        ref={setScroller}
        class="map-scroll"
        role="application"
        aria-label={label}
        onKeyDown={keys}
        onClick={({ target }) => {
          const id = boxAt(target);
          if (id !== undefined && shown.get(id)?.isMany) open(id);
        }}
        onPointerOver={({ target }) => setPointed(boxAt(target))}
        onPointerLeave={() => setPointed(undefined)}
        onFocusIn={({ target }) => {
          wasFocused.current = true;
          setCurrent(boxAt(target));
        }}
        onFocusOut={({ relatedTarget }) => {
          wasFocused.current = relatedTarget === null;
        }}
      >
        <div class="map-room">
          <svg
            ref={svg}
            class="map"
            role="presentation"
            viewBox={`${-MARGIN} ${-MARGIN} ${places.width + 2 * MARGIN} ${places.height + 2 * MARGIN}`}
          >
            <defs>
              <marker
                id={id}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerUnits="userSpaceOnUse"
                markerWidth="9"
                markerHeight="9"
                orient="auto"
              >
                <path d="M1 1l6 3l-6 3z" />
              </marker>
            </defs>
            <g class="lines" marker-end={arrow}>
              {links.map((link) => (
                <Line key={`${link.from} ${link.to}`} link={link} places={places} />
              ))}
            </g>
            <g class="lines is-active" marker-end={arrow}>
              {links
                .filter(({ from, to }) => active !== undefined && (from === active || to === active))
                .map((link) => (
                  <Line key={`${link.from} ${link.to}`} link={link} places={places} />
                ))}
            </g>
            {boxes.map((box) => {
              const [x, y] = places.boxes.get(box.id) ?? [0, 0];
              return (
                <BoxView key={box.id} {...box} x={x} y={y} isCurrent={box.id === first} isRoot={box.id === root} />
              );
            })}
          </svg>
        </div>
      </div>
      <div class="map-zoom">
        <button
          type="button"
          class="plain"
          title={t('zoomOut')}
          aria-label={t('zoomOut')}
          onClick={() => zoomBy(1 / STEP)}
        >
          <Icon name="minus" />
        </button>
        <button type="button" class="plain" title={t('zoomIn')} aria-label={t('zoomIn')} onClick={() => zoomBy(STEP)}>
          <Icon name="plus" />
        </button>
        <button type="button" class="plain" title={t('fit')} aria-label={t('fit')} onClick={showAll}>
          <Icon name="fit" />
        </button>
      </div>
    </div>
  );
}

function Line({ link: { from, to, name }, places }: { link: Link; places: Places }) {
  const [start, end] = [places.boxes.get(from), places.boxes.get(to)];
  if (!start || !end) return null;
  const bends = places.bends.get(`${from} ${to}`) ?? [];
  return <path class={LINES[name]} d={linePath(start, end, bends, BOX.width, BOX.height)} />;
}

function placesOf(boxes: readonly BoxText[], places: Places): Map<string, Point> {
  return new Map(boxes.map(({ id }) => [id, places.boxes.get(id) ?? [0, 0]]));
}

function boxAt(target: EventTarget | null): string | undefined {
  const box = target instanceof Element ? target.closest('[data-box]') : null;
  return box?.getAttribute('data-box') ?? undefined;
}
