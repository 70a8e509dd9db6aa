/** The objects in a text of several documents, YAML or JSON, with the places where they stand. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Step } from '../schema/schema.ts';
import { splitDocuments } from '../text/split.ts';
import { type Problem, parseTree } from '../text/tree.ts';

export interface Found {
  /** Where its document begins. */
  from: number;
  /** The way to it in its document: of an item of a List. */
  steps: Step[];
  object: KubeObject;
}

export interface Unreadable {
  from: number;
  problems: Problem[];
}

export interface ReadText {
  objects: Found[];
  unreadable: Unreadable[];
}

export function readText(text: string): ReadText {
  const read: ReadText = { objects: [], unreadable: [] };
  for (const { from, text: document } of splitDocuments(text)) {
    const { value, problems } = readValue(document);
    if (problems.length > 0) read.unreadable.push({ from, problems: problems.map((each) => moved(each, from)) });
    else addObjects(read.objects, value, from, []);
  }
  return read;
}

function readValue(document: string): { value: unknown; problems: Problem[] } {
  // JSON is read much faster than as the YAML that it also is.
  if (/^\s*[{[]/.test(document)) {
    try {
      return { value: JSON.parse(document), problems: [] };
    } catch {
      // what is wrong, YAML's reader says with its place
    }
  }
  const tree = parseTree(document);
  return { value: tree.value(), problems: tree.problems };
}

function moved({ from, to, message }: Problem, by: number): Problem {
  return { from: from + by, to: to + by, message };
}

/** As kubectl does, a List's items are taken for themselves. */
function addObjects(objects: Found[], value: unknown, from: number, steps: Step[]): void {
  const object = (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as KubeObject;
  const { kind, items } = object as { kind?: unknown; items?: unknown };
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    for (const [index, item] of items.entries()) addObjects(objects, item, from, [...steps, 'items', index]);
  } else objects.push({ from, steps, object });
}
