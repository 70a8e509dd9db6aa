/** The way of an apply, replayed step by step over what the log says of it (`wire/trace.ts`). */
import { useEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { formatOffset, type TraceStory } from '../../../wire/trace.ts';
import type { Cluster } from '../api/cluster.ts';
import { useAnswer } from '../api/use-answer.ts';
import './apply.css';
import { Controls } from './controls.tsx';
import { type Frame, framesOf } from './frames.ts';
import { t } from './messages.ts';
import { Picture } from './picture.tsx';
import { frameTime, type Player, type PlayerAction, play } from './player.ts';
import { StepDetail } from './step-detail.tsx';
import { lineOf } from './what-words.ts';

export interface WaySubject {
  /** `deployments.apps` */
  resource: string;
  namespace: string;
  name: string;
  /** Of an earlier apply; the last one when left out. */
  revision?: number;
}

interface WayProps {
  cluster: Cluster;
  /** It is to stay the same: a component of its own (`key`) for each. */
  subject: WaySubject;
  /** It is asked for again when one of these changes. */
  changes: readonly unknown[];
  /** It begins to play by itself. */
  plays?: boolean;
}

export default function Way({ cluster, subject, changes, plays = false }: WayProps) {
  const { resource, namespace, name, revision } = subject;
  const query = { resource, namespace, name, ...(revision === undefined ? {} : { revision: String(revision) }) };
  const path = `/islet/v1/trace?${new URLSearchParams(query)}`;
  const { answer: story, problem } = useAnswer<TraceStory>(cluster, path, changes);
  if (!story) return <p class={problem ? 'notice' : 'empty loading'}>{problem ?? t('reading')}</p>;
  return <Replay cluster={cluster} story={story} begins={plays} />;
}

function Replay({ cluster, story, begins }: { cluster: Cluster; story: TraceStory; begins: boolean }) {
  const frames = useMemo(() => framesOf(story.steps), [story]);
  const count = useRef(frames.length);
  const [player, dispatch] = useReducer(
    (state: Player, action: PlayerAction) => play(state, action, frames.length),
    undefined,
    (): Player => ({ at: begins ? 0 : frames.length - 1, plays: begins && frames.length > 1 && mayMove(), speed: 1 }),
  );
  useEffect(() => {
    const before = count.current;
    count.current = frames.length;
    if (before !== frames.length) dispatch({ to: 'longer', before });
  }, [frames.length]);
  useEffect(() => {
    if (!player.plays) return;
    const timer = window.setTimeout(() => dispatch({ to: 'tick' }), frameTime(player));
    return () => window.clearTimeout(timer);
  }, [player]);
  const at = Math.min(player.at, frames.length - 1);
  const frame = frames[at];
  if (!frame) return null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    dispatch({ to: action });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons within, for all of them
    <div class="way" onKeyDown={onKeyDown}>
      <div class="stage">
        <Picture frames={frames} at={at} />
        <Controls player={player} at={at} frames={frames} dispatch={dispatch} />
      </div>
      <div class="told">
        <p class="for-readers" role="status">
          {player.plays ? '' : t('stepOf', { at: at + 1, count: frames.length, text: lineOf(frame) })}
        </p>
        <StepDetail cluster={cluster} frame={frame} steps={story.steps} />
        <Steps frames={frames} at={at} onChoose={(chosen) => dispatch({ to: 'frame', at: chosen })} />
        {story.cut && <p class="quiet">{t('cut')}</p>}
      </div>
    </div>
  );
}

/** A person who wants little motion starts it by hand. */
function mayMove(): boolean {
  return !matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Keys that a control within has a use for are its own. */
function actionOf({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent) {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return undefined;
  if (target instanceof Element && target.closest('.cm-editor')) return undefined;
  if (key === ' ' && !(target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement)) return 'toggle';
  const actions = { ArrowLeft: 'previous', ArrowRight: 'next', Home: 'first', End: 'last' } as const;
  return actions[key as keyof typeof actions];
}

/** Lines of a long story that are drawn around the one that is shown. */
const AROUND = 150;

interface StepsProps {
  frames: readonly Frame[];
  at: number;
  onChoose(at: number): void;
}

function Steps({ frames, at, onChoose }: StepsProps) {
  const list = useRef<HTMLOListElement>(null);
  const start = frames.length > 2 * AROUND ? Math.max(0, at - AROUND) : 0;
  useEffect(() => {
    const [outer, line] = [list.current, list.current?.children[at - start] as HTMLElement | undefined];
    // The list alone is moved, and not the page.
    if (outer && line) outer.scrollTop = line.offsetTop - outer.clientHeight / 2;
  }, [at, start]);
  return (
    <ol class="way-steps" aria-label={t('steps')} ref={list} start={start + 1}>
      {frames.slice(start, start + 2 * AROUND).map((frame, index) => (
        <li key={`${frame.steps[0].revision} ${frame.stage}`}>
          <button
            type="button"
            class="way-step"
            aria-current={start + index === at ? 'step' : undefined}
            onClick={() => onChoose(start + index)}
          >
            <time>{formatOffset(frame.steps[0].offset)}</time>
            <span>
              {lineOf(frame)} <span class="quiet">· {frame.steps[0].who}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
