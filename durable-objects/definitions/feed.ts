/**
 * The registry of kinds follows the CustomResourceDefinitions in the store: with the commit of a definition its kind is
 * served. A note beside each definition has the parts that decide, so that the object need not read all on a wake.
 */

import type { CustomResourceDefinition } from '../../kube/kinds/apiextensions/types.ts';
import { DefinitionGone, lazyCustomKinds } from '../../kube/kinds/custom/custom-kind.ts';
import type { KindDescriptor } from '../../kube/kinds/define.ts';
import type { KindRegistry } from '../../kube/kinds/registry.ts';
import { parseExact } from '../../kube/machinery/exact-json.ts';
import { type GroupResource, keyOf, keyPrefix, parseKey } from '../../kube/machinery/resource.ts';
import { type KnownDefinition, knowDefinition } from './facts.ts';

const DEFINITIONS: GroupResource = 'customresourcedefinitions.apiextensions.k8s.io';
const PREFIX = keyPrefix(DEFINITIONS);
const NOTE = 'definitions/';
/** Definitions that are read at a time, where there is no note of them. */
const PAGE = 20;

export interface StoredDefinition {
  key: string;
  revision: number;
  text: string;
}

/** The store, as far as definitions are concerned. */
export interface DefinitionLog {
  onCommit(
    listener: (entries: readonly (StoredDefinition & { change: 'create' | 'update' | 'delete' })[]) => void,
  ): void;
  get(key: string): StoredDefinition | undefined;
  /** The revisions of all keys under a prefix, without their texts. */
  revisions(prefix: string): Iterable<readonly [key: string, revision: number]>;
}

export interface DefinitionNotes {
  under(prefix: string): Map<string, string>;
  write(name: string, value: string): void;
  forget(name: string): void;
}

export interface DefinitionFeedPorts {
  log: DefinitionLog;
  notes: DefinitionNotes;
  kinds: KindRegistry;
  report(error: unknown, about: string): void;
}

/** Fills the registry, and keeps it up with every commit from then on. */
export function followDefinitions({ log, notes, kinds, report }: DefinitionFeedPorts): void {
  const known = new Map<GroupResource, KnownDefinition>();

  function others(name: string): KnownDefinition[] {
    return [...known].filter(([each]) => each !== name).map(([, definition]) => definition);
  }

  function kindsOf(name: string, definition: KnownDefinition): KindDescriptor[] {
    return definition.isServed ? lazyCustomKinds(definition.facts, () => specOf(name)) : [];
  }

  function specOf(name: string): CustomResourceDefinition['spec'] {
    const stored = log.get(keyOf(DEFINITIONS, '', name));
    if (!stored) throw new DefinitionGone(`the definition ${name} is gone`);
    return (parseExact(stored.text) as CustomResourceDefinition).spec;
  }

  function know(name: string, { text, revision }: StoredDefinition): KnownDefinition {
    const before = known.get(name);
    const definition = knowDefinition(parseExact(text) as CustomResourceDefinition, revision, before, others(name));
    known.set(name, definition);
    notes.write(`${NOTE}${name}`, JSON.stringify(definition));
    return definition;
  }

  function changed(name: string, stored: StoredDefinition): void {
    const before = known.get(name);
    const now = know(name, stored);
    if (!before || isOther(before, now)) kinds.define(name, kindsOf(name, now));
    if (now.isTerminating) kinds.terminate(name);
  }

  function removed(name: string): void {
    known.delete(name);
    notes.forget(`${NOTE}${name}`);
    kinds.remove(name);
  }

  function load(): void {
    const noted = notes.under(NOTE);
    let read = 0;
    for (const [key, revision] of log.revisions(PREFIX)) {
      const { name } = parseKey(key);
      const note = noted.get(name);
      const definition = note === undefined ? undefined : (parseExact(note) as KnownDefinition);
      if (definition?.revision === revision) known.set(name, definition);
      else {
        const stored = log.get(key);
        if (stored) know(name, stored);
        read++;
      }
      noted.delete(name);
    }
    for (const name of noted.keys()) notes.forget(`${NOTE}${name}`);
    if (read > PAGE) report(new Error(`${read} definitions had no note`), 'definitions');
    kinds.load([...known].map(([name, each]) => [name, kindsOf(name, each), each.isTerminating] as const));
  }

  load();
  log.onCommit((entries) => {
    for (const entry of entries) {
      if (!entry.key.startsWith(PREFIX)) continue;
      const { name } = parseKey(entry.key);
      try {
        if (entry.change === 'delete') removed(name);
        else changed(name, entry);
      } catch (error) {
        report(error, `the definition ${name}`);
      }
    }
  });
}

/** Whether a kind is served otherwise than before, so that its watches end. */
function isOther(before: KnownDefinition, now: KnownDefinition): boolean {
  return (
    before.uid !== now.uid ||
    before.generation !== now.generation ||
    before.isServed !== now.isServed ||
    JSON.stringify(before.facts.names) !== JSON.stringify(now.facts.names)
  );
}
