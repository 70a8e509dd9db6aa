/** Puts rectangles side by side, each where it was if there is room for it. */

export interface Size {
  width: number;
  height: number;
}

export interface Rectangle extends Size {
  x: number;
  y: number;
}

const GAP = 36;

/** `wished`: where each was before. `atLeast`: the width of before, so that what grows goes down. */
export function pack(
  sizes: readonly Size[],
  wished: readonly (Rectangle | undefined)[],
  aspect: number,
  atLeast = 0,
): { places: Rectangle[]; width: number; height: number } {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const widest = Math.max(0, ...sizes.map(({ width }) => width));
  const width = Math.max(widest, atLeast, Math.sqrt(area * aspect));
  const places: (Rectangle | undefined)[] = sizes.map(() => undefined);
  const placed: Rectangle[] = [];
  const put = (at: number, rectangle: Rectangle): void => {
    places[at] = rectangle;
    placed.push(rectangle);
  };
  const settle = (fits: (size: Size, wish: Rectangle) => boolean): void => {
    for (const [at, size] of sizes.entries()) {
      const wish = wished[at];
      if (!wish || places[at] || !fits(size, wish)) continue;
      const rectangle = { ...size, x: wish.x, y: wish.y };
      if (!placed.some((each) => overlap(each, rectangle))) put(at, rectangle);
    }
  };
  // A part that has not grown goes before one that has.
  settle((size, wish) => size.width <= wish.width && size.height <= wish.height);
  settle(() => true);
  for (const [at, size] of sizes.entries()) if (!places[at]) put(at, firstFree(size, placed, width));
  return {
    places: places.filter((each) => each !== undefined),
    width: Math.max(width, ...placed.map((each) => each.x + each.width)),
    height: Math.max(0, ...placed.map((each) => each.y + each.height)),
  };
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return (
    a.x < b.x + b.width + GAP && b.x < a.x + a.width + GAP && a.y < b.y + b.height + GAP && b.y < a.y + a.height + GAP
  );
}

/** The highest place, then the leftmost, beside or beneath another. */
function firstFree(size: Size, placed: readonly Rectangle[], width: number): Rectangle {
  const xs = [...new Set([0, ...placed.map((each) => each.x + each.width + GAP)])].sort((a, b) => a - b);
  const ys = [...new Set([0, ...placed.map((each) => each.y + each.height + GAP)])].sort((a, b) => a - b);
  for (const y of ys) {
    const row = placed.filter((each) => each.y < y + size.height + GAP && y < each.y + each.height + GAP);
    for (const x of xs) {
      if (x > 0 && x + size.width > width) break;
      const rectangle = { ...size, x, y };
      if (!row.some((each) => overlap(each, rectangle))) return rectangle;
    }
  }
  return { ...size, x: 0, y: ys.at(-1) ?? 0 };
}
