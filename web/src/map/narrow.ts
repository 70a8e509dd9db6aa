/** The part of the graph that is shown: without hidden kinds, around some objects, each way told once. */
import type { Graph, Link, Thing } from './graph.ts';
import { kindOfMap } from './kinds.ts';

/** Links by the object that they go from, and by the one that they lead to. */
interface Ways {
  out: ReadonlyMap<string, readonly Link[]>;
  in: ReadonlyMap<string, readonly Link[]>;
}

function waysOf(links: readonly Link[]): Ways {
  return { out: Map.groupBy(links, ({ from }) => from), in: Map.groupBy(links, ({ to }) => to) };
}

/** Without objects of these kinds; an owner is linked to what it made through a hidden one. */
export function withoutKinds({ things, links }: Graph, hidden: ReadonlySet<string>): Graph {
  const isHidden = (id: string) => hidden.has(things.get(id)?.resource ?? '');
  const made = waysOf(links.filter(({ name }) => name === 'owned'));
  const passed: Link[] = [];
  const pass = (from: string, through: string, seen: ReadonlySet<string>): void => {
    for (const { to } of made.out.get(through) ?? []) {
      if (seen.has(to)) continue;
      if (isHidden(to)) pass(from, to, new Set([...seen, to]));
      else passed.push({ from, to, name: 'owned' });
    }
  };
  for (const { from, to, name } of links) {
    if (name === 'owned' && isHidden(to) && !isHidden(from)) pass(from, to, new Set([to]));
  }
  return {
    things: new Map([...things].filter(([id]) => !isHidden(id))),
    links: [...links.filter(({ from, to }) => !isHidden(from) && !isHidden(to)), ...passed],
  };
}

/** The objects that these lead to, that lead to these, and that lead to the pods among them. */
export function around({ things, links }: Graph, roots: readonly string[]): Graph {
  const ways = waysOf(links);
  const below = reach(roots, (id) => (ways.out.get(id) ?? []).map(({ to }) => to));
  const pods = [...below].filter((id) => things.get(id)?.resource === 'pods');
  const above = reach([...roots, ...pods], (id) => (ways.in.get(id) ?? []).map(({ from }) => from));
  const found = new Set([...below, ...above]);
  return only({ things, links }, (id) => found.has(id));
}

function reach(from: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const found = new Set(from);
  for (const id of found) for (const each of next(id)) found.add(each);
  return found;
}

function only({ things, links }: Graph, isShown: (id: string) => boolean): Graph {
  return {
    things: new Map([...things].filter(([id]) => isShown(id))),
    links: links.filter(({ from, to }) => things.has(from) && isShown(from) && isShown(to)),
  };
}

/** Kinds whose objects say the same as a link past them. */
const STATIONS: Readonly<Record<string, string>> = {
  services: 'endpointslices.discovery.k8s.io',
  persistentvolumeclaims: 'persistentvolumes',
};

/** A Service that leads to a pod by its EndpointSlice is not said to select it besides. */
export function eachWayOnce({ things, links }: Graph): Graph {
  const ways = waysOf(links);
  /** The objects that a station reaches from an object. */
  const reached = new Map<string, ReadonlySet<string>>();
  const byStation = (from: string, station: string): ReadonlySet<string> => {
    const known = reached.get(from);
    if (known) return known;
    const stations = (ways.out.get(from) ?? []).filter(({ to }) => things.get(to)?.resource === station);
    const found = new Set(stations.flatMap(({ to }) => (ways.out.get(to) ?? []).map((link) => link.to)));
    reached.set(from, found);
    return found;
  };
  const isPast = ({ from, to }: Link): boolean => {
    const station = STATIONS[things.get(from)?.resource ?? ''];
    return station !== undefined && things.get(to)?.resource !== station && byStation(from, station).has(to);
  };
  return { things, links: links.filter((link) => !isPast(link)) };
}

/** Of what is in no namespace, what those that are in one lead to, and what owns them. */
export function ofNamespaces({ things, links }: Graph): Graph {
  const ways = waysOf(links);
  const within = [...things.values()].filter(({ namespace }) => namespace !== '').map(({ id }) => id);
  const owners = (id: string) => (ways.in.get(id) ?? []).filter(({ name }) => name === 'owned').map(({ from }) => from);
  const found = new Set([
    ...reach(within, (id) => (ways.out.get(id) ?? []).map(({ to }) => to)),
    ...reach(within, owners),
  ]);
  return only({ things, links }, (id) => found.has(id));
}

/** An object of no interest by itself (an unused ConfigMap, a volume's class) is shown where it has a link. */
export function linkedOnly({ things, links }: Graph, roots: readonly string[]): Graph {
  const linked = new Set([...roots, ...links.flatMap(({ from, to }) => [from, to])]);
  return only({ things, links }, (id) => linked.has(id) || isShownAlone(things.get(id)));
}

function isShownAlone(thing: Thing | undefined): boolean {
  return kindOfMap(thing?.resource ?? '')?.alone ?? false;
}
