export type Point = readonly [x: number, y: number];

/** Of every box. */
export const BOX = { width: 216, height: 48 };
