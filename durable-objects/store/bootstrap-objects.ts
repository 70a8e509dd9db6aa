/**
 * Objects that a store has from its start, at its first revisions, without a row of their own until one changes: every
 * cluster has the same hundreds of kilobytes of roles. Their texts are shared by all stores of the isolate. A store keeps
 * the texts that it was given in one packed note, so that a later build, which may give others, still reads its own.
 */
import { deflateSync, inflateSync } from 'fflate';
import type { Cause } from '../../kube/machinery/cause.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Key } from '../../kube/machinery/resource.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import { isUnder, type KeyRange } from './keys.ts';
import { digest } from './migrations.ts';
import type { Notes } from './notes.ts';
import type { Entry, Stored } from './store.ts';

/** Stand in a text for what differs between stores. */
export const PLACEHOLDER = { uid: '@uid@', time: '@time@', revision: '999999999999' } as const;

const PLACEHOLDERS = new RegExp(`(${PLACEHOLDER.uid}|${PLACEHOLDER.time}|${PLACEHOLDER.revision})`);

/** The values that take the places of an object's placeholders. */
interface Particulars {
  uid: string;
  time: string;
  revision: number;
}

/** Without what holds times: managers and status. */
function withoutTimes({ metadata, status: _, ...rest }: KubeObject): KubeObject {
  const { managedFields: __, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** One set of texts, in the order of their revisions. */
export class BootstrapTexts {
  readonly keys: readonly Key[];
  readonly texts: readonly string[];
  readonly digest: string;
  readonly #places: ReadonlyMap<Key, number>;
  readonly #sorted: readonly Key[];
  /** The pieces of each text around its placeholders, kept because every cluster that begins asks for them. */
  readonly #parts: readonly (readonly string[])[];
  readonly #objects: (KubeObject | undefined)[] = [];
  #packed: string | undefined;

  constructor(objects: readonly (readonly [key: Key, text: string])[]) {
    this.keys = objects.map(([key]) => key);
    this.texts = objects.map(([, text]) => text);
    this.digest = digest([...this.keys, ...this.texts]);
    this.#places = new Map(this.keys.map((key, place) => [key, place]));
    this.#sorted = [...this.keys].sort();
    this.#parts = this.texts.map((text) => text.split(PLACEHOLDERS));
  }

  textOf({ uid, time, revision }: Particulars): string {
    const parts = this.#parts[revision - 1] ?? [];
    let text = parts[0] ?? '';
    for (let at = 1; at < parts.length; at += 2) {
      const found = parts[at];
      text += found === PLACEHOLDER.uid ? uid : found === PLACEHOLDER.time ? time : revision;
      text += parts[at + 1];
    }
    return text;
  }

  objectOf({ uid, time, revision }: Particulars): KubeObject {
    const place = revision - 1;
    this.#objects[place] ??= withoutTimes(JSON.parse(this.texts[place] ?? '') as KubeObject);
    const object = this.#objects[place];
    const metadata = { ...object.metadata, uid, creationTimestamp: time, resourceVersion: String(revision) };
    return { ...object, metadata };
  }

  pack(): string {
    this.#packed ??= packed(this.keys.map((key, place) => [key, this.texts[place]]));
    return this.#packed;
  }

  placeOf(key: Key): number | undefined {
    return this.#places.get(key);
  }

  /** In the order of keys. */
  under({ after, before }: KeyRange): Key[] {
    const from = countUntil(this.#sorted, (key) => key <= after);
    return this.#sorted.slice(
      from,
      Math.max(
        from,
        countUntil(this.#sorted, (key) => key < before),
      ),
    );
  }
}

/** How many keys of a sorted list come before the first one that does not fit. */
function countUntil(sorted: readonly Key[], fits: (key: Key) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(sorted[middle] as Key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function packed(objects: unknown): string {
  const bytes = deflateSync(new TextEncoder().encode(JSON.stringify(objects)));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** A store that was given nothing has none. */
function unpack(text: string | undefined): BootstrapTexts {
  if (text === undefined) return new BootstrapTexts([]);
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new BootstrapTexts(JSON.parse(new TextDecoder().decode(inflateSync(bytes))));
}

/** Neither its text nor what stands in it is made before it is asked for: most readers look at a few of hundreds. */
class BootstrapObject implements Stored {
  readonly key: Key;
  readonly revision: number;
  readonly created: number;
  readonly #texts: BootstrapTexts;
  readonly #particulars: (place: number) => Particulars;
  #text: string | undefined;

  constructor(texts: BootstrapTexts, place: number, particulars: (place: number) => Particulars) {
    this.key = texts.keys[place] ?? '';
    this.revision = place + 1;
    this.created = place + 1;
    this.#texts = texts;
    this.#particulars = particulars;
  }

  get text(): string {
    this.#text ??= this.#texts.textOf(this.#particulars(this.revision - 1));
    return this.#text;
  }

  get size(): number {
    return this.#texts.texts[this.revision - 1]?.length ?? 0;
  }

  object(): KubeObject {
    return this.#texts.objectOf(this.#particulars(this.revision - 1));
  }
}

/** The objects that an empty store is given. */
export interface BootstrapSource {
  /** The same for all stores. */
  texts(): BootstrapTexts;
  /** Milliseconds since the epoch. */
  now(): number;
  uuid(): string;
}

/** `uid`: of the first object; those of the others follow it. */
interface Note {
  digest: string;
  count: number;
  at: number;
  uid: string;
}

const NOTE = 'store.given';
const TEXTS_NOTE = 'store.given-texts';
const NOTHING: Note = { digest: digest([]), count: 0, at: 0, uid: '' };
const MAX_KNOWN = 4;
/** By digest, for all stores of the isolate. */
const known = new Map<string, BootstrapTexts>();

export class BootstrapObjects {
  /** The store had nothing before. */
  readonly isNew: boolean;
  readonly #notes: Notes;
  readonly #note: Note;
  readonly #time: string;
  #firstUid: ReturnType<typeof splitUid> | undefined;

  /** Reads the objects that the store was given, or gives them to one that is empty. */
  constructor(notes: Notes, bootstrap: BootstrapSource | undefined, isEmpty: boolean) {
    const text = notes.read(NOTE);
    this.isNew = text === undefined && isEmpty && bootstrap !== undefined;
    this.#notes = notes;
    this.#note = text === undefined ? NOTHING : (JSON.parse(text) as Note);
    if (bootstrap && this.isNew) this.#note = give(notes, bootstrap);
    this.#time = rfc3339(this.#note.at);
  }

  /** They have the revisions from 1 to this. */
  get last(): number {
    return this.#note.count;
  }

  get keys(): readonly Key[] {
    return this.#texts.keys;
  }

  /** For a restore: what a copy of the store needs to have the same objects. */
  get notes(): Record<string, string> {
    const [note, texts] = [this.#notes.read(NOTE), this.#notes.read(TEXTS_NOTE)];
    return note === undefined || texts === undefined ? {} : { [NOTE]: note, [TEXTS_NOTE]: texts };
  }

  has(key: Key): boolean {
    return this.#texts.placeOf(key) !== undefined;
  }

  get(key: Key): Stored | undefined {
    const place = this.#texts.placeOf(key);
    if (place === undefined) return undefined;
    return this.#at(place);
  }

  /** In the order of keys. */
  under(range: KeyRange): Key[] {
    return this.#texts.under(range);
  }

  entry(revision: number): Entry | undefined {
    if (revision < 1 || revision > this.last) return undefined;
    const cause: Cause = { kind: 'system', at: this.#note.at, why: 'bootstrap' };
    const { key, created, text } = this.#at(revision - 1);
    return { key, revision, created, text, change: 'create', previous: 0, cause };
  }

  /** The entries after one revision and up to another, in their order. */
  *entries(after: number, until: number, prefixes: readonly string[] = ['']): Generator<Entry> {
    for (let revision = after + 1; revision <= Math.min(until, this.last); revision++) {
      const key = this.keys[revision - 1] ?? '';
      if (prefixes.some((prefix) => isUnder(prefix, key))) yield this.entry(revision)!;
    }
  }

  get #texts(): BootstrapTexts {
    const { digest } = this.#note;
    return known.get(digest) ?? know(digest, unpack(this.#notes.read(TEXTS_NOTE)));
  }

  #at(place: number): Stored {
    return new BootstrapObject(this.#texts, place, this.#particulars);
  }

  /** The uid of the object at a place: the first uid with its last group counted up by the place. */
  #uid(place: number): string {
    this.#firstUid ??= splitUid(this.#note.uid);
    const { head, tail } = this.#firstUid;
    return head + ((tail + place) % 2 ** 48).toString(16).padStart(12, '0');
  }

  readonly #particulars = (place: number): Particulars => ({
    uid: this.#uid(place),
    time: this.#time,
    revision: place + 1,
  });
}

function give(notes: Notes, { texts: ask, now, uuid }: BootstrapSource): Note {
  const texts = ask();
  const note: Note = { digest: texts.digest, count: texts.keys.length, at: now(), uid: uuid() };
  know(texts.digest, texts);
  notes.write(NOTE, JSON.stringify(note));
  notes.write(TEXTS_NOTE, texts.pack());
  return note;
}

function know(digest: string, texts: BootstrapTexts): BootstrapTexts {
  if (known.size >= MAX_KNOWN && !known.has(digest)) known.clear();
  known.set(digest, texts);
  return texts;
}

function splitUid(uid: string): { head: string; tail: number } {
  const at = uid.lastIndexOf('-') + 1;
  return { head: uid.slice(0, at), tail: Number.parseInt(uid.slice(at), 16) };
}
