/** Names that the server completes (apiserver `pkg/storage/names/generate.go`). */
import { NAME_LETTERS } from '../../../kube/machinery/names.ts';

const SUFFIX = 5;
const MAX_GENERATED_NAME = 63;

/** Makes another name each time; `random` gives [0, 1). */
export function generateName(base: string, random: () => number): string {
  let suffix = '';
  for (let i = 0; i < SUFFIX; i++) suffix += NAME_LETTERS[Math.floor(random() * NAME_LETTERS.length)];
  return base.slice(0, MAX_GENERATED_NAME - SUFFIX) + suffix;
}
