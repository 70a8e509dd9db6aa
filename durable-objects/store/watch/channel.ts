/** A channel serves all subscriptions that ask for the same in the same form: their frames are made once. */
import type { Key } from '../../../kube/machinery/resource.ts';
import type { Change } from './change.ts';
import type { Matcher, Renderer, Sent, WatchRequest } from './ports.ts';
import type { Subscription } from './subscription.ts';

/** Events of consecutive entries, as they go into one frame. */
export interface Batch {
  /** Lines, each with its newline. */
  lines: string;
  /** Code units of each event. */
  sizes: number[];
  /** A subscription that has been sent everything up to here needs this batch next. */
  before: number;
  /** Revision and key of the last event. */
  last: number;
  key: Key;
}

/** Code units a frame should not exceed, unless one event does. */
const MAX_FRAME = 1024 * 1024;

export class Channel {
  readonly request: WatchRequest;
  readonly matcher: Matcher | undefined;
  readonly members = new Set<Subscription>();
  /** Its objects have to be converted by others before they are sent. */
  readonly isRemote: boolean;
  readonly #rendering: string;
  readonly #renderer: Renderer;
  /** Is told of the events that a member was sent, by their code units. */
  readonly sent: Sent;

  constructor(
    request: WatchRequest,
    matcher: Matcher | undefined,
    renderer: Renderer,
    { isRemote, sent }: { isRemote: boolean; sent: Sent },
  ) {
    this.request = request;
    this.matcher = matcher;
    this.isRemote = isRemote;
    this.sent = sent;
    this.#renderer = renderer;
    this.#rendering = renderingOf(request);
  }

  /** Sends changes to the live members. One whose socket is past its window falls behind, and is kept so. */
  deliver(changes: readonly Change[], keep: (subscription: Subscription) => void): void {
    // Made when the first member needs them: with column definitions, and without.
    const batches: Partial<Record<'first' | 'later', Batch[]>> = {};
    for (const subscription of this.members) {
      if (subscription.cursor.phase !== 'live') continue;
      const kind = subscription.first ? 'first' : 'later';
      batches[kind] ??= this.batches(changes, subscription.first);
      for (const batch of batches[kind]) {
        if (!subscription.connection.credits.open) {
          subscription.moveTo({ phase: 'behind', position: batch.before });
          keep(subscription);
          break;
        }
        subscription.events(batch);
      }
    }
  }

  batches(changes: Iterable<Change>, first: boolean): Batch[] {
    const batches: Batch[] = [];
    let batch: Batch | undefined;
    for (const change of changes) {
      const type = change.typeFor(this.matcher);
      if (!type) continue;
      const isFirst = first && batches.length === 0;
      const line = change.line(type, this.request, this.#rendering, isFirst, this.#renderer);
      const { revision, key } = change.entry;
      if (batch && batch.lines.length + line.length < MAX_FRAME) {
        batch.lines += `${line}\n`;
        batch.sizes.push(line.length + 1);
        batch.last = revision;
        batch.key = key;
      } else {
        const before = batch?.last ?? revision - 1;
        batch = { lines: `${line}\n`, sizes: [line.length + 1], before, last: revision, key };
        batches.push(batch);
      }
    }
    return batches;
  }
}

/** Requests with one of these are served by one channel. */
export function channelKey(request: WatchRequest): string {
  const { prefix, labelSelector, fieldSelector } = request;
  return JSON.stringify([prefix, labelSelector ?? '', fieldSelector ?? '', renderingOf(request)]);
}

function renderingOf({ as, apiVersion, kind }: WatchRequest): string {
  return JSON.stringify([as, apiVersion, kind]);
}
