/** All lines, by what they are about. */
import { asking } from './groups/asking.ts';
import { basics } from './groups/basics.ts';
import { changing } from './groups/changing.ts';
import { describing } from './groups/describing.ts';
import type { Group } from './lines.ts';

export const GROUPS: readonly Group[] = [...basics, ...describing, ...changing, ...asking];
