/** The channels that have members: by request, and by the resource they watch. */
import { isUnder } from '../keys.ts';
import type { Entry } from '../store.ts';
import { Change } from './change.ts';
import { Channel, channelKey } from './channel.ts';
import type { MatcherFactory, Renderer, Sent, WatchConversion, WatchRequest } from './ports.ts';
import type { Subscription } from './subscription.ts';

const NONE: ReadonlySet<Channel> = new Set();

export class Channels {
  readonly #match: MatcherFactory;
  readonly #renderer: Renderer;
  readonly #conversion: WatchConversion | undefined;
  readonly #byKey = new Map<string, Channel>();
  readonly #byResource = new Map<string, Set<Channel>>();

  readonly #sent: Sent;

  constructor(match: MatcherFactory, renderer: Renderer, conversion?: WatchConversion, sent: Sent = () => {}) {
    this.#sent = sent;
    this.#match = match;
    this.#renderer = renderer;
    this.#conversion = conversion;
  }

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** The channel for a request; its first member is to be added by the caller. */
  open(request: WatchRequest): Channel {
    const key = channelKey(request);
    let channel = this.#byKey.get(key);
    if (!channel) {
      const isRemote = this.#conversion?.isRemote(request) ?? false;
      const options = { isRemote, sent: this.#sent };
      channel = new Channel(request, this.#match(request), this.#renderer, options);
      this.#byKey.set(key, channel);
      const resource = resourceOf(request.prefix);
      const beside = this.#byResource.get(resource);
      if (beside) beside.add(channel);
      else this.#byResource.set(resource, new Set([channel]));
    }
    return channel;
  }

  leave(subscription: Subscription): void {
    const { channel, request } = subscription;
    channel.members.delete(subscription);
    if (channel.members.size > 0) return;
    this.#byKey.delete(channelKey(request));
    const resource = resourceOf(request.prefix);
    const beside = this.#byResource.get(resource);
    beside?.delete(channel);
    if (beside?.size === 0) this.#byResource.delete(resource);
  }

  /** The requests of all members. */
  *requests(): Generator<WatchRequest> {
    for (const { members } of this.#byKey.values()) for (const { request } of members) yield request;
  }

  /** The channels that watch this key, anything under this prefix, or a range that it lies in. */
  *touching(prefix: string): Generator<Channel> {
    for (const channel of this.#of(prefix)) {
      const watched = channel.request.prefix;
      if (isUnder(prefix, watched) || isUnder(watched, prefix)) yield channel;
    }
  }

  /** The changes that each channel has to look at. `read` finds an older entry. */
  concerned(entries: readonly Entry[], read: (revision: number) => Entry | undefined): Map<Channel, Change[]> {
    const concerned = new Map<Channel, Change[]>();
    for (const entry of entries) {
      let change: Change | undefined;
      for (const channel of this.#of(entry.key)) {
        if (!isUnder(channel.request.prefix, entry.key)) continue;
        change ??= new Change(entry, read);
        const changes = concerned.get(channel);
        if (changes) changes.push(change);
        else concerned.set(channel, [change]);
      }
    }
    return concerned;
  }

  #of(keyOrPrefix: string): ReadonlySet<Channel> {
    return this.#byResource.get(resourceOf(keyOrPrefix)) ?? NONE;
  }
}

function resourceOf(keyOrPrefix: string): string {
  return keyOrPrefix.slice(0, keyOrPrefix.indexOf('/'));
}
