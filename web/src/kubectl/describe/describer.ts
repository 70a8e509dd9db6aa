/** The parts of a kind's description. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Context } from '../context.ts';
import type { Sheet } from './sheet.ts';

export interface Around {
  context: Context;
}

export interface Describer<T = KubeObject> {
  /** How its events are looked for: with its kind, without (`none`), or not at all (`no events`). */
  eventKind?: 'none' | 'no events';
  /** Events are found under a uid that is the name, too. */
  eventsOfName?: true;
  describe(sheet: Sheet, object: T, around: Around): void | Promise<void>;
}
