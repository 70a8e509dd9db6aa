/** The places that a write passes, as boxes on one winding way: they light up one after the other. */
import { type Frame, reached, STAGES, type Stage } from './frames.ts';
import { t } from './messages.ts';

/** Three rows that wind: readable on a phone, where one unit is one pixel. */
const [WIDTH, HEIGHT, GAP_X, GAP_Y] = [104, 44, 18, 26];

interface Box {
  x: number;
  y: number;
}

function boxOf(stage: Stage): Box {
  const index = STAGES.indexOf(stage);
  const row = Math.floor(index / 3);
  const column = row % 2 === 0 ? index % 3 : 2 - (index % 3);
  return { x: 4 + column * (WIDTH + GAP_X), y: 4 + row * (HEIGHT + GAP_Y) };
}

export function Picture({ frames, at }: { frames: readonly Frame[]; at: number }) {
  const frame = frames[at];
  const lit = reached(frames, at);
  const here = frame ? boxOf(frame.stage) : { x: 0, y: 0 };
  const label = t('picture', { place: frame ? t(frame.stage) : '' });
  return (
    <svg class="way-picture" viewBox="0 0 356 192" role="img" aria-label={label}>
      {STAGES.slice(1).map((stage, index) => (
        <Edge
          key={stage}
          from={boxOf(STAGES[index] as Stage)}
          to={boxOf(stage)}
          isLit={lit.has(stage) && lit.has(STAGES[index] as Stage)}
        />
      ))}
      {STAGES.map((stage) => (
        <Place key={stage} stage={stage} className={classOf(stage, frame, lit)} />
      ))}
      {frame && <circle class="runner" cx={here.x + WIDTH - 8} cy={here.y + 8} r="5" />}
    </svg>
  );
}

function classOf(stage: Stage, frame: Frame | undefined, lit: ReadonlySet<Stage>): string {
  if (frame?.stage === stage) return 'place is-active';
  if (frame?.passes.includes(stage)) return 'place is-passed is-lit';
  return lit.has(stage) ? 'place is-lit' : 'place';
}

function Edge({ from, to, isLit }: { from: Box; to: Box; isLit: boolean }) {
  const isDown = from.y !== to.y;
  const isLeft = to.x < from.x;
  const [x1, y1] = isDown
    ? [from.x + WIDTH / 2, from.y + HEIGHT]
    : [isLeft ? from.x : from.x + WIDTH, from.y + HEIGHT / 2];
  const [x2, y2] = isDown ? [to.x + WIDTH / 2, to.y] : [isLeft ? to.x + WIDTH : to.x, to.y + HEIGHT / 2];
  const tip = isDown
    ? `M${x2 - 4} ${y2 - 6}L${x2} ${y2 - 1}L${x2 + 4} ${y2 - 6}`
    : `M${x2 + (isLeft ? 6 : -6)} ${y2 - 4}L${x2 + (isLeft ? 1 : -1)} ${y2}L${x2 + (isLeft ? 6 : -6)} ${y2 + 4}`;
  return <path class={isLit ? 'edge is-lit' : 'edge'} d={`M${x1} ${y1}L${x2} ${y2}${tip}`} />;
}

function Place({ stage, className }: { stage: Stage; className: string }) {
  const { x, y } = boxOf(stage);
  return (
    <g class={className}>
      <rect x={x} y={y} width={WIDTH} height={HEIGHT} rx="8" />
      <text x={x + WIDTH / 2} y={y + HEIGHT / 2 + 4}>
        {t(stage)}
      </text>
    </g>
  );
}
