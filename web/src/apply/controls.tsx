/** Play, pause, steps, and a slider over them. */
import type { Frame } from './frames.ts';
import { t } from './messages.ts';
import { type Player, type PlayerAction, SPEEDS } from './player.ts';
import { lineOf } from './what-words.ts';

interface ControlsProps {
  player: Player;
  at: number;
  frames: readonly Frame[];
  dispatch(action: PlayerAction): void;
}

const BUTTONS = [
  { to: 'first', sign: '|◀' },
  { to: 'previous', sign: '◀' },
  { to: 'toggle', sign: '▶' },
  { to: 'next', sign: '▶▏' },
  { to: 'last', sign: '▶|' },
] as const;

export function Controls({ player, at, frames, dispatch }: ControlsProps) {
  const frame = frames[at] as Frame;
  return (
    <fieldset class="way-controls" aria-label={t('way')}>
      {BUTTONS.map(({ to, sign }) => {
        const isToggle = to === 'toggle';
        const label = t(isToggle ? (player.plays ? 'pause' : 'play') : to);
        return (
          <button
            key={to}
            type="button"
            class={isToggle ? 'button is-main' : 'plain'}
            aria-label={label}
            title={label}
            aria-disabled={isToggle ? frames.length < 2 : isAtEnd(to, at, frames.length)}
            onClick={() => dispatch({ to })}
          >
            <span aria-hidden="true">{isToggle && player.plays ? '❚❚' : sign}</span>
          </button>
        );
      })}
      <span class="quiet number">
        {at + 1}/{frames.length}
      </span>
      <select
        aria-label={t('speed')}
        title={t('speed')}
        value={String(player.speed)}
        onChange={({ currentTarget }) => dispatch({ to: 'speed', speed: Number(currentTarget.value) })}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed}×
          </option>
        ))}
      </select>
      <input
        type="range"
        min={1}
        max={frames.length}
        value={at + 1}
        aria-label={t('step')}
        aria-valuetext={t('stepOf', { at: at + 1, count: frames.length, text: lineOf(frame) })}
        onInput={({ currentTarget }) => dispatch({ to: 'frame', at: currentTarget.valueAsNumber - 1 })}
      />
      <p class="quiet keys">{t('keys')}</p>
    </fieldset>
  );
}

function isAtEnd(to: string, at: number, count: number): boolean {
  return to === 'first' || to === 'previous' ? at === 0 : at === count - 1;
}
