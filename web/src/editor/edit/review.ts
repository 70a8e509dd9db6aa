/** The outcome of an edit, asked of the server by a dry run. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Api, ApiError } from '../../api/request.ts';
import { parseTree } from '../text/tree.ts';
import { type Merged, merge } from './merge.ts';
import { type PlacedProblem, placedProblems } from './problems.ts';
import { asksForSame, managersOfChange, textOf } from './text-of.ts';

export const FIELD_MANAGER = 'islet-dashboard';

export interface Edit {
  api: Api;
  /** The path of the object. */
  path: string;
  /** The object that the text was made of. */
  base: KubeObject;
  text: string;
}

export type Review =
  | { outcome: 'refused'; problems: PlacedProblem[]; edit: Edit }
  /** Another changed what is asked for, since the edit began. */
  | { outcome: 'moved'; live: KubeObject; managers: string[]; merged: Merged; edit: Edit }
  | { outcome: 'gone'; edit: Edit }
  | { outcome: 'ready'; before: string; after: string; warnings: string[]; edit: Edit };

export async function review(edit: Edit): Promise<Review> {
  const { api, path } = edit;
  const read = parseTree(edit.text);
  if (read.problems.length > 0) {
    return { outcome: 'refused', edit, problems: read.problems.map(({ message, ...at }) => ({ message, at })) };
  }
  let live: KubeObject;
  try {
    live = await api.get<KubeObject>(path);
    if (live.metadata.uid !== edit.base.metadata.uid) return { outcome: 'gone', edit };
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return { outcome: 'gone', edit };
    return { outcome: 'refused', edit, problems: [{ message: (error as Error).message }] };
  }
  const merged = merge(edit.text, textOf(edit.base), textOf(live));
  if (!asksForSame(edit.base, live)) {
    return { outcome: 'moved', live, managers: managersOfChange(edit.base, live), merged, edit };
  }
  // Only controllers reported meanwhile: the edit goes on from there. Where it stands too close to a report, the
  // report in the text stays the older one, which the server takes no notice of.
  return tried({ ...edit, base: live, text: merged.conflicts > 0 ? edit.text : merged.text });
}

async function tried(edit: Edit): Promise<Review> {
  const warnings: string[] = [];
  try {
    const after = await send(edit, { dryRun: 'All' }, (warning) => warnings.push(warning));
    return { outcome: 'ready', before: textOf(edit.base), after: textOf(after), warnings, edit };
  } catch (error) {
    return refusal(error, edit);
  }
}

/** Reports of controllers come in between more than once while a rollout goes on. */
const TRIES = 8;

/**
 * Sends it. Where another was faster in the last moment, that is looked at first; where it was a controller that only
 * reported, it is sent again on top of the report.
 */
export async function apply(edit: Edit): Promise<Review | { outcome: 'applied'; object: KubeObject }> {
  let current = edit;
  for (let tries = 1; ; tries++) {
    try {
      return { outcome: 'applied', object: await send(current, {}) };
    } catch (error) {
      const isLate = error instanceof ApiError && error.code === 409 && error.reason === 'Conflict';
      if (!isLate || tries === TRIES) return refusal(error, current);
      const again = await review(current);
      if (again.outcome !== 'ready') return again;
      current = again.edit;
    }
  }
}

function send(edit: Edit, query: { dryRun?: string }, warned?: (warning: string) => void): Promise<KubeObject> {
  const { api, path, base, text } = edit;
  const body = parseTree(text).value() as Partial<KubeObject> | null;
  const { resourceVersion } = base.metadata;
  const sent = { ...body, metadata: { ...body?.metadata, resourceVersion } };
  return api.put<KubeObject>(path, sent, {
    query: { ...query, fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' },
    warned,
  });
}

function refusal(error: unknown, edit: Edit): Review {
  if (!(error instanceof ApiError)) throw error;
  return { outcome: 'refused', edit, problems: placedProblems(error, parseTree(edit.text).root) };
}
