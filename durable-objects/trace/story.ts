/**
 * Tells the story of an object from the log: from the last time a person applied it, through the
 * controllers that acted on it, to the objects those made, and their later changes.
 */
import { parseExact } from '../../kube/machinery/exact-json.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Event } from '../../kube/types.ts';
import type { TraceObject, TraceStep, TraceStory } from '../../wire/trace.ts';
import { whatText } from '../../wire/what.ts';
import type { Change, LogPort, ReadPort } from '../controllers/runtime/ports.ts';
import { actorOf, isByPerson, partsOf, requestOf, whoOf } from './describe.ts';

const PAGE = 500;
/** Steps in a story, log entries looked through, and earlier states of the object looked at. */
const MAX_STEPS = 5000;
const MAX_ENTRIES = 50_000;
const MAX_STATES = 1000;

export interface TraceQuery {
  resource: GroupResource;
  /** '' for cluster-scoped objects. */
  namespace: string;
  name: string;
  /** The apply that the story begins with; the last one when left out. */
  revision?: number;
}

/** undefined when the log knows nothing of the object. */
export function traceStory(query: TraceQuery, log: LogPort, read: ReadPort): TraceStory | undefined {
  const key = keyOf(query.resource, query.namespace, query.name);
  const start = query.revision === undefined ? lastApply(key, log, read) : applyAt(query.revision, key, log);
  if (!start) return undefined;
  const builder = new StoryBuilder(key, start, log);
  builder.readOn();
  return builder.story();
}

/** undefined where that revision is another object's, or no longer kept. */
function applyAt(revision: number, key: Key, log: LogPort): Change | undefined {
  const entry = log.at(revision);
  return entry?.key === key ? entry : undefined;
}

/** The newest write by a person; else the oldest that is still known. */
function lastApply(key: Key, log: LogPort, read: ReadPort): Change | undefined {
  const current = read.get(key);
  let entry = current ? log.at(current.revision) : lastOf(key, log);
  for (let states = 0; entry && states < MAX_STATES; states++) {
    if (isByPerson(entry.cause) || entry.previous === 0) return entry;
    const before = log.at(entry.previous);
    if (!before) return entry;
    entry = before;
  }
  return entry;
}

/** The last entry of an object that is gone, from which earlier ones are found. */
function lastOf(key: Key, log: LogPort): Change | undefined {
  let last: Change | undefined;
  let after = 0;
  for (;;) {
    const page = pageOf(log, after, [key]);
    last = page.at(-1) ?? last;
    const next = page.at(-1)?.revision;
    if (next === undefined) return last;
    after = next;
  }
}

/** Entries after a revision; from the oldest entry on when the log no longer reaches back to it. */
function pageOf(log: LogPort, after: number, prefixes?: readonly string[]): Change[] {
  const query = { limit: PAGE, ...(prefixes ? { prefixes } : {}) };
  try {
    return log.log({ after, ...query });
  } catch (error) {
    const { code, revision } = error as { code?: unknown; revision?: number };
    if (code !== 'compacted' || !revision || revision <= after) throw error;
    return log.log({ after: revision, ...query });
  }
}

class StoryBuilder {
  private readonly key: Key;
  private readonly start: Change;
  private readonly log: LogPort;
  private readonly steps: TraceStep[] = [];
  private readonly objects = new Map<Key, TraceObject>();
  private readonly uids = new Map<string, Key>();
  /** Revisions that are steps of the story. */
  private readonly stepRevisions = new Set<number>();
  /** The last step of each object. */
  private readonly latest = new Map<Key, number>();
  private cut = false;
  /** A person has applied the object again: what follows is another story. */
  private over = false;

  constructor(key: Key, start: Change, log: LogPort) {
    this.key = key;
    this.start = start;
    this.log = log;
  }

  readOn(): void {
    this.cut = this.start.previous !== 0 && !isByPerson(this.start.cause);
    this.add(this.start, parse(this.start));
    let after = this.start.revision;
    for (let seen = 0; seen < MAX_ENTRIES; ) {
      const page = pageOf(this.log, after);
      for (const change of page) {
        this.take(change);
        if (this.over) return;
      }
      const last = page.at(-1)?.revision;
      if (last === undefined) return;
      after = last;
      seen += page.length;
    }
    this.cut = true;
  }

  story(): TraceStory {
    const object = this.objects.get(this.key)!;
    return { object, steps: this.steps, ...(this.cut ? { cut: true } : {}) };
  }

  private take(change: Change): void {
    if (change.key.startsWith('events/')) {
      if (change.change !== 'delete') this.addEvent(change);
      return;
    }
    const isKnown = this.objects.has(change.key);
    if (change.key === this.key && isByPerson(change.cause)) {
      this.over = true;
      return;
    }
    if (!isKnown && !this.isCausedByStory(change) && !change.text.includes('"ownerReferences"')) return;
    const object = parse(change);
    const isOwned = object.metadata.ownerReferences?.some(({ uid }) => this.uids.has(uid));
    if (isKnown || isOwned || this.isCausedByStory(change)) this.add(change, object);
  }

  /** A controller made it while it looked at an object of the story. */
  private isCausedByStory({ cause, change }: Change): boolean {
    return cause.kind === 'controller' && change === 'create' && this.objects.has(cause.key);
  }

  private add(change: Change, object: KubeObject): void {
    const { key, revision, cause, previous } = change;
    const before = previous > 0 ? this.log.at(previous) : undefined;
    const { namespace, name, resource } = parseKey(key);
    const traced = { resource, kind: object.kind, apiVersion: object.apiVersion, namespace, name };
    const parts = partsOf(change.change, object, before && parse(before));
    const request = requestOf(cause);
    this.objects.set(key, traced);
    if (object.metadata.uid) this.uids.set(object.metadata.uid, key);
    this.push({
      ...this.timeOf(cause.at),
      who: whoOf(cause),
      actor: actorOf(cause),
      ...(request && { request }),
      what: whatText(parts),
      parts,
      object: traced,
      revision,
      // Details of a write that went along with another are of that one.
      ...(cause.changed && cause.beside === undefined && { changed: cause.changed }),
      ...(cause.annotations && { annotations: cause.annotations }),
      ...this.because(change, key),
    });
    this.latest.set(key, revision);
  }

  private addEvent(change: Change): void {
    const event = parse(change) as unknown as Event;
    const key = this.aboutOf(event);
    if (key === undefined) return;
    const times = (event.count ?? 1) > 1 ? ` (${event.count} times)` : '';
    this.push({
      ...this.timeOf(change.cause.at),
      who: event.source?.component || event.reportingComponent || whoOf(change.cause),
      actor: actorOf(change.cause),
      what: `${event.reason}: ${event.message}${times}`,
      parts: [],
      object: this.objects.get(key)!,
      revision: change.revision,
      isEvent: true,
      ...this.because(change, key),
    });
  }

  /** Some events name their object without its uid. */
  private aboutOf({ involvedObject: { uid, kind, namespace = '', name } = {} }: Event): Key | undefined {
    if (uid) return this.uids.get(uid);
    const isIt = (each: TraceObject) => each.kind === kind && each.namespace === namespace && each.name === name;
    return [...this.objects].find(([, each]) => isIt(each))?.[0];
  }

  private because({ cause }: Change, key: Key): { causedBy?: number } {
    const saw = cause.kind === 'controller' && this.stepRevisions.has(cause.saw) ? cause.saw : undefined;
    const causedBy =
      saw ?? (cause.kind === 'controller' ? this.latest.get(cause.key) : undefined) ?? this.latest.get(key);
    return causedBy === undefined ? {} : { causedBy };
  }

  private timeOf(at: number): { at: number; offset: number } {
    return { at, offset: Math.max(0, at - this.start.cause.at) };
  }

  private push(step: TraceStep): void {
    if (this.steps.length >= MAX_STEPS) {
      this.cut = true;
      return;
    }
    this.steps.push(step);
    this.stepRevisions.add(step.revision);
  }
}

function parse({ text }: Change): KubeObject {
  return parseExact(text) as KubeObject;
}
