/** Small patches of objects that commands change. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { mergePatch } from '../../../../kube/machinery/patch/merge.ts';
import type { PatchType } from '../api/client.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../errors.ts';
import { dryRunOf, writeQuery } from './changes.ts';
import { type Info, infoPath } from './info.ts';

/** The object after it. Nothing is sent in a dry run of the client, whose patch must be a merge patch. */
export async function patchObject(
  context: Context,
  info: Info,
  type: PatchType,
  patch: object,
  subresource?: string,
): Promise<KubeObject> {
  if (context.flags.has('dry-run') && dryRunOf(context) === 'client') return merged(info.object as KubeObject, patch);
  return context.client.patch(infoPath(context, info, subresource), type, patch, writeQuery(context));
}

export function merged(object: KubeObject, patch: object): KubeObject {
  return mergePatch(object as never, patch as never) as unknown as KubeObject;
}

/** Words before the first `KEY=VALUE` or `KEY-` name objects. */
export function splitPairs(args: readonly string[], what: string): { resources: string[]; pairs: string[] } {
  const isPair = (word: string): boolean => word.indexOf('=') > 0 || (word.length > 1 && word.endsWith('-'));
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: [...args], pairs: [] };
  const [resources, pairs] = [args.slice(0, first), args.slice(first)];
  const stray = pairs.find((word) => !isPair(word));
  if (stray !== undefined) throw new CommandError(`all resources must be specified before ${what} changes: ${stray}`);
  return { resources, pairs };
}
