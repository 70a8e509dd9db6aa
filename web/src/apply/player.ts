/** Where a replay is. Pure: the component that draws it keeps the time. */

export interface Player {
  at: number;
  plays: boolean;
  speed: number;
}

export type PlayerAction =
  | { to: 'first' | 'last' | 'next' | 'previous' | 'toggle' | 'tick' }
  | { to: 'frame'; at: number }
  | { to: 'speed'; speed: number }
  /** The story has gone on. */
  | { to: 'longer'; before: number };

export const SPEEDS = [0.5, 1, 2, 4] as const;
/** A frame is shown so long at speed 1. */
const FRAME_MS = 1600;

export function frameTime({ speed }: Player): number {
  return FRAME_MS / speed;
}

export function play(player: Player, action: PlayerAction, count: number): Player {
  const last = Math.max(0, count - 1);
  const go = (at: number, plays = false): Player => ({ ...player, at: Math.max(0, Math.min(last, at)), plays });
  switch (action.to) {
    case 'first':
      return go(0);
    case 'last':
      return go(last);
    case 'next':
      return go(player.at + 1);
    case 'previous':
      return go(player.at - 1);
    case 'frame':
      return go(action.at);
    case 'speed':
      return { ...player, speed: action.speed };
    case 'toggle':
      if (player.plays) return { ...player, plays: false };
      // From its end it begins anew.
      return go(player.at >= last ? 0 : player.at, last > 0);
    case 'tick':
      return go(player.at + 1, player.at + 1 < last);
    case 'longer':
      // Looked at to its end, it goes on as the story does; at its beginning no reader is led away.
      return player.at >= action.before - 1 && !player.plays
        ? go(player.at, last > player.at)
        : go(player.at, player.plays);
  }
}
