/** Objects of one kind that the same ones lead to are one box, with a count, until a person wants to see each. */
import type { Badge } from '../kinds/tone.ts';
import type { Graph, Link, Thing } from './graph.ts';
import { healthOf, healthOfAll } from './health.ts';
import { rankOf } from './kinds.ts';

export interface Box {
  /** That of its object, or of what its objects have in common: the same while they come and go. */
  id: string;
  resource: string;
  namespace: string;
  /** Of its object; of several, what they are called by. */
  name: string;
  /** Broken ones first. */
  things: readonly Thing[];
  health: Badge | undefined;
}

export interface Drawing {
  /** From what leads to what is led to, then by name. */
  boxes: readonly Box[];
  links: readonly Link[];
}

/** As many objects that are alike are shown by themselves. */
const MOST_ALIKE = 4;
/** Of a box that was opened; the rest stays in it. */
const MOST_OPENED = 60;

export function gather({ things, links }: Graph, opened: ReadonlySet<string>): Drawing {
  const leading = Map.groupBy(links, ({ to }) => to);
  const boxOf = new Map<string, string>();
  const boxes: Box[] = [];
  const byKind = Map.groupBy(things.values(), ({ resource }) => resource);
  for (const [, all] of [...byKind].sort(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))) {
    const groups = Map.groupBy(all, (thing) => commonOf(thing, leading.get(thing.id) ?? [], boxOf) ?? thing.id);
    for (const [id, group] of groups) {
      for (const box of boxesOf(id, group, opened)) {
        boxes.push(box);
        for (const thing of box.things) boxOf.set(thing.id, box.id);
      }
    }
  }
  const seen = new Set<string>();
  const between: Link[] = [];
  for (const { from, to, name } of links) {
    const link = { from: boxOf.get(from) ?? from, to: boxOf.get(to) ?? to, name };
    const key = `${link.from} ${link.to}`;
    if (link.from === link.to || seen.has(key)) continue;
    seen.add(key);
    between.push(link);
  }
  return { boxes, links: between };
}

/** The key that the objects of one box share; undefined for an object that stands alone. */
function commonOf(thing: Thing, leading: readonly Link[], boxOf: ReadonlyMap<string, string>): string | undefined {
  const owners = leading.filter(({ name }) => name === 'owned');
  // Pods without an owner have nothing in common but that something selects them.
  if (owners.length === 0 && (leading.length === 0 || thing.resource === 'pods')) return undefined;
  const from = (owners.length > 0 ? owners : leading).map((link) => boxOf.get(link.from) ?? link.from);
  const over = isOver(thing) ? ' over' : '';
  return `${thing.resource}/${thing.namespace}/ ${[...new Set(from)].sort().join(' ')}${over}`;
}

/** An old ReplicaSet, a Job that has ended. */
function isOver({ resource, object }: Thing): boolean {
  if (!object || (resource !== 'replicasets.apps' && resource !== 'jobs.batch')) return false;
  return healthOf(resource, object)?.tone === 'idle';
}

function boxesOf(id: string, group: readonly Thing[], opened: ReadonlySet<string>): Box[] {
  const over = id.endsWith(' over') && group[0]?.resource === 'replicasets.apps';
  const fits = group.length <= (over ? 1 : MOST_ALIKE);
  if (!fits && !opened.has(id)) return [boxOf(id, group)];
  const sorted = [...group].sort((a, b) => Number(isBad(b)) - Number(isBad(a)) || inOrder(a.name, b.name));
  const single = (fits ? sorted : sorted.slice(0, MOST_OPENED)).map((thing) => boxOf(thing.id, [thing]));
  const rest = fits ? [] : sorted.slice(MOST_OPENED);
  return rest.length > 0 ? [...single, boxOf(id, rest)] : single;
}

function boxOf(id: string, things: readonly Thing[]): Box {
  const [{ resource, namespace, name } = { resource: '', namespace: '', name: '' }] = things;
  const all = things.map((thing) => thing.object && healthOf(thing.resource, thing.object));
  return things.length === 1
    ? { id, resource, namespace, name, things, health: all[0] }
    : { id, resource, namespace, name: commonStart(things), things, health: healthOfAll(all) };
}

function isBad({ resource, object }: Thing): boolean {
  return object !== undefined && healthOf(resource, object)?.tone === 'bad';
}

/** The beginning that all names share, up to a dash: `frontend-6d4f8b9c7-`. */
function commonStart(things: readonly Thing[]): string {
  const first = things[0]?.name ?? '';
  let length = first.length;
  for (const { name } of things) while (!name.startsWith(first.slice(0, length))) length--;
  return first.slice(0, first.lastIndexOf('-', length - 1) + 1);
}

function inOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
