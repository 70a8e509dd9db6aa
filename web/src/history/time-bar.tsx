/** The bar of time: a slider over the revisions that are kept. While a moment is looked at it says so, and the way back. */
import { useEffect, useState } from 'preact/hooks';
import { stopClock } from '../api/clock.ts';
import type { Cluster } from '../api/cluster.ts';
import { amend, pageLink, route } from '../api/route.ts';
import { locale } from '../i18n/index.ts';
import './history.css';
import { looking } from './looking.ts';
import { t } from './messages.ts';
import { density, step, timeAt } from './timeline.ts';
import { useTimeline } from './use-timeline.ts';

const PARTS = 120;
/** A slider that is dragged asks for moments this often. */
const DRAG_MS = 120;
const PLAY_MS = 900;

export default function TimeBar({ cluster }: { cluster: Cluster }) {
  const timeline = useTimeline(cluster);
  const range = timeline.range.value;
  const changes = timeline.changes.value;
  const at = route.value.at;
  const [dragged, setDragged] = useState<number>();
  const [plays, setPlays] = useState(false);
  const shown = dragged ?? at ?? range?.newest.revision ?? 0;
  const time = timeAt(changes, range, shown);
  const momentTime = at === undefined ? undefined : timeAt(changes, range, at);
  useEffect(() => {
    stopClock(momentTime === undefined ? undefined : Date.parse(momentTime));
  }, [momentTime]);
  useEffect(() => () => stopClock(undefined), []);
  useEffect(() => {
    if (dragged === undefined) return;
    const timer = window.setTimeout(() => {
      amend({ at: range && dragged >= range.newest.revision ? undefined : dragged });
      setDragged(undefined);
    }, DRAG_MS);
    return () => window.clearTimeout(timer);
  }, [dragged]);
  useEffect(() => {
    if (!plays) return;
    if (at === undefined) return setPlays(false);
    const timer = window.setTimeout(() => amend({ at: step(changes, at, 1) }), PLAY_MS);
    return () => window.clearTimeout(timer);
  }, [plays, at, changes]);
  if (!range) {
    const text = timeline.problem.value;
    return <p class={text ? 'notice bad' : 'empty loading'}>{text ?? t('loading')}</p>;
  }
  const { oldest, newest } = range;
  const [before, after] = [step(changes, shown, -1), at === undefined ? undefined : step(changes, at, 1)];
  const play = (): void => {
    // From the beginning, where the page is live.
    if (!plays && at === undefined) amend({ at: changes[0]?.revision ?? oldest.revision });
    setPlays(!plays);
  };
  const toNow = (): void => {
    setPlays(false);
    setDragged(undefined);
    amend({ at: undefined });
  };
  const text = time === undefined ? '' : new Date(time).toLocaleString(locale.value);
  return (
    <section class={`time-bar ${at === undefined ? '' : 'is-past'}`} aria-label={t('timeTravel')}>
      <div class="line">
        <span role="status">
          {at === undefined ? t('isNow') : t.parts('isPast', { time: <b>{text}</b>, revision: shown })}
        </span>
        <span class="end">
          <a class="inline" href={pageLink('history')}>
            {t('changes')}
          </a>
          {at === undefined ? (
            <button type="button" class="button" onClick={() => (looking.value = false)}>
              {t('hide')}
            </button>
          ) : (
            <button type="button" class="button is-main" onClick={toNow}>
              {t('backToNow')}
            </button>
          )}
        </span>
      </div>
      {timeline.problem.value && (
        <p class="bad" role="alert">
          {timeline.problem.value}
        </p>
      )}
      {cluster.past?.problem.value && (
        <p class="bad" role="alert">
          {cluster.past.problem.value}
        </p>
      )}
      <div class="line">
        <button
          type="button"
          class="plain"
          aria-label={t('previousChange')}
          disabled={before === undefined}
          onClick={() => amend({ at: before })}
        >
          ◀
        </button>
        <button type="button" class="plain" aria-label={t(plays ? 'pause' : 'play')} onClick={play}>
          {plays ? '❚❚' : '▶'}
        </button>
        <button
          type="button"
          class="plain"
          aria-label={t('nextChange')}
          disabled={after === undefined}
          onClick={() => amend({ at: after })}
        >
          ▶▏
        </button>
        <div class="track">
          <Density parts={density(changes, oldest.revision, newest.revision, PARTS)} />
          <input
            type="range"
            aria-label={t('revision')}
            aria-valuetext={t('momentText', { revision: shown, time: text })}
            min={oldest.revision}
            max={newest.revision}
            value={shown}
            onInput={({ currentTarget }) => setDragged(currentTarget.valueAsNumber)}
          />
        </div>
      </div>
    </section>
  );
}

function Density({ parts }: { parts: readonly number[] }) {
  return (
    <svg class="density" viewBox={`0 0 ${parts.length} 1`} preserveAspectRatio="none" aria-hidden="true">
      {parts.map((share, index) =>
        share === 0 ? null : (
          <rect key={index} x={index} y={1 - Math.max(0.15, share)} width={0.8} height={Math.max(0.15, share)} />
        ),
      )}
    </svg>
  );
}
