/** Names that the server completes (apiserver `pkg/storage/names/generate.go`). */
import type { NameRule } from '../../../kube/kinds/metadata-policy.ts';
import { NAME_LETTERS } from '../../../kube/machinery/names.ts';

const SUFFIX = 5;
const MAX_GENERATED_NAME = 63;

/** A name with a random suffix; `random` gives [0, 1). A base that is an address (`rule`) is the name as it is. */
export function generateName(base: string, random: () => number, rule?: NameRule): string {
  if (rule === 'ip') return base;
  let suffix = '';
  for (let i = 0; i < SUFFIX; i++) suffix += NAME_LETTERS[Math.floor(random() * NAME_LETTERS.length)];
  return base.slice(0, MAX_GENERATED_NAME - SUFFIX) + suffix;
}
