/** A line of an hour, with what is asked for and allowed. The library draws on a canvas; its sheet becomes one of ours. */
import { useEffect, useRef, useState } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { locale } from '../i18n/index.ts';
import { theme } from '../ui/theme.ts';
import { amountText, stepsOf } from './amounts.ts';
import { type Bounds, topOf } from './bounds.ts';
import { t } from './messages.ts';
import { alone, lineOf, type Resource, type Sample } from './samples.ts';

interface ChartProps {
  resource: Resource;
  samples: readonly Sample[];
  bounds: Bounds;
  now: number;
}

const NAMES = ['requests', 'limits', 'allocatable'] as const;
const HEIGHT = 150;

export function Chart({ resource, samples, bounds, now }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | undefined>(undefined);
  const [pointed, point] = useState<number>();
  const line = lineOf(samples, resource, now);
  const most = Math.max(0, ...samples.map((sample) => sample[resource]));
  const top = useRef(1);
  top.current = topOf(most, bounds);
  const data: UPlot.AlignedData = [
    line.at.map((at) => at / 1000),
    [...line.values],
    ...NAMES.map((name) => line.at.map(() => bounds[name] ?? null)),
  ];
  const language = locale.value;
  const clock = new Intl.DateTimeFormat(language === 'zh' ? 'zh-Hans' : 'en', { hour: 'numeric', minute: '2-digit' });

  useEffect(() => {
    const target = place.current;
    if (!target) return;
    const created = new UPlot(
      optionsOf(target, resource, clock, () => top.current, point),
      data,
      target,
    );
    plot.current = created;
    const size = new ResizeObserver(() => created.setSize({ width: target.clientWidth, height: HEIGHT }));
    size.observe(target);
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => created.redraw(false, true);
    dark.addEventListener('change', redraw);
    return () => {
      size.disconnect();
      dark.removeEventListener('change', redraw);
      created.destroy();
    };
  }, [resource, language]);
  useEffect(() => plot.current?.setData(data), [samples, now, JSON.stringify(bounds)]);
  // The attribute of the document is set by another effect of the same signal.
  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.redraw(false, true));
    return () => cancelAnimationFrame(frame);
  }, [theme.value]);

  const last = samples.at(-1)?.[resource] ?? 0;
  const text = (value: number): string => amountText(value, resource);
  const label = t('chart', { resource: t(resource), last: text(last), most: text(most) });
  const atPointer = pointed === undefined ? undefined : line.values[pointed];
  const isPointed = atPointer !== undefined && atPointer !== null;
  return (
    <figure class="usage-chart" data-resource={resource}>
      <figcaption>
        <b>{t(resource)}</b>
        <span class="is-used">
          {isPointed ? clock.format(line.at[pointed as number]) : t('now')} {text(isPointed ? atPointer : last)}
        </span>
        {NAMES.map(
          (name) =>
            bounds[name] !== undefined && (
              <span key={name} class={`is-${name}`}>
                {t(name)} {text(bounds[name])}
              </span>
            ),
        )}
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={label} />
    </figure>
  );
}

function optionsOf(
  target: HTMLElement,
  resource: Resource,
  clock: Intl.DateTimeFormat,
  top: () => number,
  point: (index: number | undefined) => void,
): UPlot.Options {
  // A colour that depends on the theme is known where it is used as one.
  const colorOf = (name: string) => (): string => {
    const shown = target.parentElement?.querySelector(`.is-${name}`) ?? target;
    return getComputedStyle(shown).color;
  };
  const quiet = (): string => getComputedStyle(target).color;
  const grid = { stroke: (): string => getComputedStyle(target).borderTopColor, width: 1 };
  return {
    width: target.clientWidth,
    height: HEIGHT,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: (_, first, last) => [first, last] },
      y: { range: () => [0, top()] },
    },
    axes: [
      { stroke: quiet, grid: { show: false }, values: (_, times) => times.map((time) => clock.format(time * 1000)) },
      {
        stroke: quiet,
        grid,
        ticks: { show: false },
        size: 58,
        incrs: stepsOf(resource),
        values: (_, values) => values.map((value) => amountText(value, resource)),
      },
    ],
    series: [
      {},
      {
        stroke: colorOf('used'),
        fill: () => colorOf('used')().replace(/^rgb\((.*)\)$/, 'rgba($1, 0.14)'),
        width: 1.5,
        points: { show: false, size: 5, filter: (self, index) => alone([...(self.data[index] ?? [])]) },
      },
      ...NAMES.map((name) => ({ stroke: colorOf(name), width: 1, dash: [2, 3], points: { show: false } })),
    ],
    hooks: { setCursor: [(self) => point(self.cursor.idx ?? undefined)] },
  };
}
