/** One log entry on its way to many watchers: parsed at most once, and printed once per rendering. */
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { sharedObject } from '../../../kube/machinery/shared-object.ts';
import type { Entry } from '../store.ts';
import type { EventType, Matcher, Renderer, WatchRequest } from './ports.ts';

export class Change {
  readonly entry: Entry;
  readonly #read: (revision: number) => Entry | undefined;
  readonly #lines = new Map<string, string>();
  #beforeText: string | null | undefined;
  #before: KubeObject | undefined;

  /** `read` finds an older entry: `store.at`. */
  constructor(entry: Entry, read: (revision: number) => Entry | undefined) {
    this.entry = entry;
    this.#read = read;
  }

  get object(): KubeObject {
    return sharedObject(this.entry);
  }

  /** The object's state before; undefined when it did not exist, or when that is no longer known. */
  get before(): KubeObject | undefined {
    const text = this.#textBefore();
    if (text === undefined) return undefined;
    this.#before ??= parseExact(text) as KubeObject;
    return this.#before;
  }

  #textBefore(): string | undefined {
    if (this.#beforeText === undefined) this.#beforeText = this.entryBefore?.text ?? null;
    return this.#beforeText ?? undefined;
  }

  /** The entry of the object's state before, where it can be read. */
  get entryBefore(): Entry | undefined {
    const entry = this.entry.previous > 0 ? this.#read(this.entry.previous) : undefined;
    return entry?.unreadable === undefined ? entry : undefined;
  }

  /**
   * The event that a watcher is sent, if any (apiserver `storage/cacher/cache_watcher.go`, convertToWatchEvent): an
   * object that comes to match is ADDED, one that ceases to is DELETED, whatever really happened to it.
   */
  typeFor(matcher: Matcher | undefined): EventType | undefined {
    const { change } = this.entry;
    if (!matcher) return change === 'create' ? 'ADDED' : change === 'update' ? 'MODIFIED' : 'DELETED';
    const matches = change !== 'delete' && this.#matches(matcher);
    const matched = change !== 'create' && this.#matchedBefore(matcher, matches);
    if (matches) return matched ? 'MODIFIED' : 'ADDED';
    return matched ? 'DELETED' : undefined;
  }

  #matchedBefore(matcher: Matcher, matches: boolean): boolean {
    const text = this.#textBefore();
    if (text !== undefined) return mayMatch(matcher, text) && matcher.matches(this.before!);
    // Only an expired Event has lost its earlier state. Its selectable fields don't change.
    return this.entry.change === 'delete' ? this.#matches(matcher) : matches;
  }

  #matches(matcher: Matcher): boolean {
    return mayMatch(matcher, this.entry.text) && matcher.matches(this.object);
  }

  line(type: EventType, request: WatchRequest, rendering: string, first: boolean, renderer: Renderer): string {
    const key = `${type} ${first && request.as.type === 'table'} ${rendering}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = renderer.event(type, this.#textFor(type), request, first);
      this.#lines.set(key, line);
    }
    return line;
  }

  /** An object that left the selector is shown as it last matched, at the revision at which it left. */
  #textFor(type: EventType): string {
    const { change, revision, text } = this.entry;
    const before = type === 'DELETED' && change === 'update' ? this.before : undefined;
    if (!before) return text;
    return JSON.stringify({ ...before, metadata: { ...before.metadata, resourceVersion: String(revision) } });
  }
}

/** Most objects don't match most selectors, and their text shows it: they need not be parsed. */
function mayMatch(matcher: Matcher, text: string): boolean {
  return matcher.mayMatch?.(text) ?? true;
}
