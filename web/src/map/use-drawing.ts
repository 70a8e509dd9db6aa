/** From objects to boxes that have their places. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type ApiResource, findKind } from '../api/discovery.ts';
import type { Arranger } from './arranger.ts';
import type { Point } from './box-size.ts';
import { type Drawing, gather } from './gather.ts';
import { type Graph, graphOf } from './graph.ts';
import type { Arranged } from './layout.ts';
import { around, eachWayOnce, linkedOnly, ofNamespaces, withoutKinds } from './narrow.ts';
import type { KnownObjects } from './use-known.ts';

/** The person's choice of what is drawn. */
export interface Choice {
  /** All when left out. */
  namespace: string | undefined;
  hidden: ReadonlySet<string>;
  /** Ids of objects that all is about, such as a workload; everything when left out. */
  root?: string | undefined;
  /** A part of names. */
  search?: string | undefined;
  /** Boxes of several objects that each of them is shown of. */
  opened: ReadonlySet<string>;
}

/** More than these take long to lay out, and can't be read. */
export const MOST_BOXES = 1_200;

export interface MapDrawing extends Drawing {
  /** All objects, before hidden kinds are left out. */
  whole: Graph;
  /** Objects that are shown. */
  count: number;
}

export function useDrawing(
  found: KnownObjects | undefined,
  kinds: readonly ApiResource[],
  { namespace, hidden, root, search, opened }: Choice,
): MapDrawing | undefined {
  const whole = useMemo(() => {
    const all = found && graphOf(found.known, (apiVersion, kind) => findKind(kinds, apiVersion, kind), root);
    return all && namespace ? ofNamespaces(all) : all;
  }, [found, kinds, namespace, root]);
  return useMemo(() => {
    if (!whole) return undefined;
    let graph = withoutKinds(whole, hidden);
    const roots = root === undefined ? [] : [root];
    if (root !== undefined) graph = around(graph, roots);
    const words = search?.trim().toLowerCase();
    if (words) {
      const named = [...graph.things.values()].filter(({ name }) => name.toLowerCase().includes(words));
      roots.push(...named.map(({ id }) => id));
      graph = around(graph, roots);
    }
    graph = eachWayOnce(linkedOnly(graph, roots));
    return { ...gather(graph, opened), whole, count: graph.things.size };
  }, [whole, hidden, root, search, opened]);
}

export interface Places extends Pick<Arranged, 'width' | 'height' | 'boxes' | 'bends'> {
  /** Counts the times that all was arranged anew. */
  round: number;
}

export interface Arrangement {
  places: Places | undefined;
  problem: string | undefined;
}

/** `choice`: where it is another, all is arranged anew; otherwise what did not change stays where it is. */
export function usePlaces(drawing: MapDrawing | undefined, aspect: number, choice: string): Arrangement {
  const [places, setPlaces] = useState<Places>();
  const [problem, setProblem] = useState<string>();
  const [arranger, setArranger] = useState<Arranger>();
  const last = useRef<{ choice?: string; round: number }>({ round: 0 });
  useEffect(() => {
    let ended = false;
    let made: Arranger | undefined;
    import('./arranger.ts').then(
      (module) => {
        if (ended) return;
        made = new module.Arranger(setProblem);
        setArranger(made);
      },
      (error: Error) => setProblem(error.message),
    );
    return () => {
      ended = true;
      made?.close();
    };
  }, []);
  const isDrawn = drawing !== undefined && aspect > 0 && drawing.boxes.length <= MOST_BOXES;
  const ids = isDrawn ? drawing.boxes.map(({ id }) => id) : undefined;
  const edges = isDrawn ? drawing.links.map(({ from, to }) => ({ from, to })) : [];
  const structure = ids && JSON.stringify([ids, edges]);
  useEffect(() => {
    if (!ids || !arranger) return;
    const anew = last.current.choice !== choice;
    if (anew) last.current = { choice, round: last.current.round + 1 };
    const { round } = last.current;
    arranger.arrange({ ids, edges, aspect, anew }, (answer) => setPlaces({ ...answer, round }));
  }, [structure, choice, arranger]);
  return { places, problem };
}

/** A line from the right of a box to the left of another, round what is between. */
export function linePath(from: Point, to: Point, bends: readonly Point[], width: number, height: number): string {
  const isBack = to[0] <= from[0];
  const start: Point = [from[0] + width, from[1] + height / 2];
  const end: Point = [to[0], to[1] + height / 2];
  const points = [start, ...(isBack ? [] : bends), end];
  let path = `M${start[0]} ${start[1]}`;
  for (const [at, [x, y]] of points.entries()) {
    const before = points[at - 1];
    if (!before) continue;
    const bow = isBack ? width / 2 : (x - before[0]) / 2;
    path += `C${before[0] + bow} ${before[1]} ${x - bow} ${y} ${x} ${y}`;
  }
  return path;
}
