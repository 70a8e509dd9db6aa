/** Brings a live object to what a manifest says, from the last manifest that was applied. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { schemasOf } from '../api/openapi.ts';
import type { Context } from '../context.ts';
import { isConflict, StatusError, withSource } from '../errors.ts';
import { writeQuery } from '../resources/changes.ts';
import { type Info, infoPath } from '../resources/info.ts';
import { fetchObject } from '../resources/query.ts';
import { lastApplied } from './last-applied.ts';
import { type Json, threeWayPatch } from './three-way.ts';

const RETRIES = 5;
const BACK_OFF_MS = 1000;

export interface Patched {
  object: KubeObject;
  patch: Json;
}

export async function patchTo(
  context: Context,
  info: Info,
  current: KubeObject,
  modified: KubeObject,
): Promise<Patched> {
  let live = current;
  for (let tries = 1; ; tries++) {
    const { patch, type } = await patchFor(context, info, live, modified);
    if (Object.keys(patch).length === 0) return { object: live, patch };
    try {
      const object = await context.client.patch(
        infoPath(context, info),
        type,
        patch,
        writeQuery(context, manager(context)),
      );
      return { object, patch };
    } catch (error) {
      if (!isConflict(error) || tries > RETRIES) throw withSource('patching', info.source, error);
      if (tries > 1) await context.sleep(BACK_OFF_MS);
      live = await fetchObject(context, info);
    }
  }
}

function manager(context: Context): string | undefined {
  return context.flags.has('field-manager') ? context.flags.string('field-manager') : undefined;
}

/** Also what `diff` and a dry run of the client would send. */
export async function patchFor(context: Context, { mapping }: Info, current: KubeObject, modified: KubeObject) {
  const schemas = await schemasOf(context.client, context.world, mapping).catch((error: unknown) => {
    if (error instanceof StatusError) return undefined;
    throw error;
  });
  const schema = schemas?.ofKind(mapping);
  const isBuiltIn = mapping.group === '' || !mapping.group.includes('.') || mapping.group.endsWith('.k8s.io');
  const strategic = schemas && schema && isBuiltIn;
  const [before, after, now] = [lastApplied(current), modified, current] as unknown as [Json, Json, Json];
  const patch = threeWayPatch(before, after, now, strategic ? schemas : undefined, strategic ? schema : undefined);
  return { patch, type: strategic ? ('strategic' as const) : ('merge' as const) };
}
