/**
 * Where boxes stand: what hangs together is laid out by dagre, from left to right, and these parts are packed. A part
 * that is still the same stays where it was, and one that changed does, where it has the room.
 */
import dagre from '@dagrejs/dagre';
import { BOX, type Point } from './box-size.ts';
import { pack, type Rectangle, type Size } from './pack.ts';

const BETWEEN = 14;
const BETWEEN_RANKS = 56;

export interface Edge {
  from: string;
  to: string;
}

/** The input of the layout, in an order that is the same each time. */
export interface Structure {
  ids: readonly string[];
  edges: readonly Edge[];
}

/** A part that hangs together, wherever it stands. */
interface Laid extends Size {
  ids: readonly string[];
  /** Tells whether it is still the same. */
  signature: string;
  /** Left upper corners of boxes, from the part's own. */
  inner: ReadonlyMap<string, Point>;
  /** Bends of edges, by `FROM TO`. */
  bends: ReadonlyMap<string, readonly Point[]>;
}

type Part = Laid & Rectangle;

export interface Arranged {
  parts: readonly Part[];
  /** Of all of it. */
  width: number;
  height: number;
  /** Left upper corners. */
  boxes: ReadonlyMap<string, Point>;
  bends: ReadonlyMap<string, readonly Point[]>;
}

/** `aspect`: width by height of what it is shown in. */
export function arrange(structure: Structure, aspect: number, before?: Arranged): Arranged {
  const old = new Map(before?.parts.map((part) => [part.signature, part]));
  const laid = partsOf(structure).map((part) => {
    const signature = JSON.stringify([part.ids, part.edges]);
    return old.get(signature) ?? layPart(part, signature);
  });
  const wished = laid.map((part) => before && placeBefore(part.ids, before.parts));
  const { places, width, height } = pack(laid, wished, aspect, before?.width);
  const parts = laid.map((part, at) => ({ ...part, ...(places[at] as Rectangle) }));
  const boxes = new Map<string, Point>();
  const bends = new Map<string, readonly Point[]>();
  for (const { x, y, inner, bends: own } of parts) {
    for (const [id, [left, top]] of inner) boxes.set(id, [x + left, y + top]);
    for (const [key, points] of own)
      bends.set(
        key,
        points.map(([left, top]): Point => [x + left, y + top]),
      );
  }
  return { parts, width, height, boxes, bends };
}

/** That of the part that had most of the boxes. */
function placeBefore(ids: readonly string[], parts: readonly Part[]): Rectangle | undefined {
  const wanted = new Set(ids);
  let most = 0;
  let found: Part | undefined;
  for (const part of parts) {
    const shared = part.ids.filter((id) => wanted.has(id)).length;
    if (shared > most) [most, found] = [shared, part];
  }
  return found && { x: found.x, y: found.y, width: found.width, height: found.height };
}

function partsOf({ ids, edges }: Structure): Structure[] {
  const lead = new Map(ids.map((id) => [id, id]));
  const find = (id: string): string => {
    let at = id;
    for (let up = lead.get(at); up !== undefined && up !== at; up = lead.get(at)) at = up;
    lead.set(id, at);
    return at;
  };
  const within = edges.filter(({ from, to }) => lead.has(from) && lead.has(to));
  for (const { from, to } of within) lead.set(find(from), find(to));
  const edgesOf = Map.groupBy(within, ({ from }) => find(from));
  return [...Map.groupBy(ids, find)].map(([first, all]) => ({ ids: all, edges: edgesOf.get(first) ?? [] }));
}

function layPart({ ids, edges }: Structure, signature: string): Laid {
  const alone = ids[0];
  if (ids.length === 1 && alone !== undefined) {
    return { ids, signature, ...BOX, inner: new Map([[alone, [0, 0]]]), bends: new Map() };
  }
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: BETWEEN, edgesep: BETWEEN / 2, ranksep: BETWEEN_RANKS });
  for (const id of ids) graph.setNode(id, { ...BOX });
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  dagre.layout(graph);
  const inner = new Map(
    ids.map((id): [string, Point] => {
      const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
      return [id, [Math.round(x - BOX.width / 2), Math.round(y - BOX.height / 2)]];
    }),
  );
  const bends = new Map(
    edges.map(({ from, to }): [string, readonly Point[]] => {
      const { points = [] } = graph.edge(from, to) as { points?: { x: number; y: number }[] };
      // Both ends lie at boxes, and the middle of a short edge has no box to go round.
      const round = points.length > 3 ? points.slice(1, -1) : [];
      return [`${from} ${to}`, round.map(({ x, y }): Point => [Math.round(x), Math.round(y)])];
    }),
  );
  const right = Math.max(...[...inner.values()].map(([x]) => x + BOX.width));
  const bottom = Math.max(...[...inner.values()].map(([, y]) => y + BOX.height));
  return { ids, signature, width: right, height: bottom, inner, bends };
}
