/** The steps of sequences, each with its weight. */
import type { Scope, Subject } from '../../subjects.ts';
import type { Tape } from '../../tape.ts';
import { discover, redefine, versionOf } from './definitions.ts';
import { release, remove, removeCollection } from './deletes.ts';
import { malformed } from './malformed.ts';
import { jsonPatch, mergePatch, relabel, strategicPatch } from './patches.ts';
import { elsewhere, list, read } from './reads.ts';
import type { Maker, Step } from './step.ts';
import { other, scale, status } from './subresources.ts';
import { watch } from './watches.ts';
import { apply, create, update } from './writes.ts';

const MAKERS: readonly (readonly [number, Maker])[] = [
  [12, create],
  [7, update],
  [4, mergePatch],
  [6, strategicPatch],
  [5, jsonPatch],
  [9, apply],
  [3, relabel],
  [4, read],
  [5, list],
  [4, watch],
  [5, status],
  [3, remove],
  [1, removeCollection],
  [1, release],
  [2, scale],
  [3, other],
  [4, malformed],
  [1, elsewhere],
];

/** Of a kind whose definition belongs to the sequence. */
const OF_OWN: readonly (readonly [number, Maker])[] = [[20, redefine], [3, discover], ...MAKERS];

export function stepOf(tape: Tape, subject: Subject, scope: Scope): Step {
  if (subject.definition) return tape.weighted(OF_OWN)(tape, scope.own(subject, versionOf(tape)), scope);
  return tape.weighted(MAKERS)(tape, subject, scope);
}
