/** The texts of boxes. */
import type { RelationName } from '../resources/related/relation.ts';

/** Of a name both ends matter: `frontend-…-x2x4p`. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) * 0.4);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

/** How a line looks, by what it says. */
export const LINES: Readonly<Record<RelationName, Line>> = {
  owned: 'is-owned',
  scales: 'is-selects',
  selects: 'is-selects',
  routesTo: 'is-routes',
  uses: 'is-uses',
  bound: 'is-uses',
  runsOn: 'is-uses',
  selectedBy: 'is-selects',
  usedBy: 'is-uses',
  runs: 'is-uses',
  routedFrom: 'is-routes',
  scaledBy: 'is-selects',
  grants: 'is-uses',
};

export type Line = 'is-owned' | 'is-selects' | 'is-routes' | 'is-uses';
