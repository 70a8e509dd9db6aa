/** Items one after the other to the server: tried first, then applied, by server-side apply. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Api, ApiError } from '../../api/request.ts';
import { managersInConflict } from '../edit/problems.ts';
import { FIELD_MANAGER } from '../edit/review.ts';
import { textOf } from '../edit/text-of.ts';
import { type Catalog, type Kind, objectPath } from '../schema/catalog.ts';
import { elsewhere, type Item, type Lack, lackOf, waitsFor } from './plan.ts';

export type Outcome =
  | { outcome: 'asking' }
  | { outcome: 'waits'; on: string }
  | { outcome: 'create' | 'created' | 'unchanged'; warnings: string[] }
  | { outcome: 'change' | 'changed'; warnings: string[]; before: string; after: string }
  | { outcome: 'lacks'; lack: Lack }
  | { outcome: 'unknown-kind'; elsewhere?: string }
  | { outcome: 'conflict'; managers: ReturnType<typeof managersInConflict> }
  | { outcome: 'refused'; message: string; error: ApiError };

export interface Sender {
  api: Api;
  catalog: Catalog;
  items: readonly Item[];
  /** Items whose fields are to be taken from their managers. */
  forced: ReadonlySet<number>;
  signal: AbortSignal;
  sleep(milliseconds: number): Promise<void>;
}

export async function trySend(item: Item, sender: Sender): Promise<Outcome> {
  return send(item, sender, true).catch((error: unknown) => failed(error, item, sender));
}

/** A definition's kind is served a moment after it is applied. */
const SERVED_WITHIN = 40;
const SERVED_STEP_MS = 250;

export async function applySend(item: Item, sender: Sender): Promise<Outcome> {
  for (let tries = 0; ; tries++) {
    const found = await send(item, sender, false).catch((error: unknown) => failed(error, item, sender));
    const isLate = found.outcome === 'waits' || (found.outcome === 'unknown-kind' && tries === 0);
    if (!isLate || tries === SERVED_WITHIN) return found;
    await sender.sleep(SERVED_STEP_MS);
    await sender.catalog.kind(item.apiVersion, item.kind, true);
  }
}

async function send(item: Item, { api, catalog, items, forced, signal }: Sender, dry: boolean): Promise<Outcome> {
  const lack = lackOf(item);
  if (lack) return { outcome: 'lacks', lack };
  const kind = await catalog.kind(item.apiVersion, item.kind);
  if (!kind) {
    const definition = waitsFor(item, items, undefined);
    if (definition) return { outcome: 'waits', on: `CustomResourceDefinition ${definition.name}` };
    return { outcome: 'unknown-kind', elsewhere: elsewhere(item, await catalog.kinds()) };
  }
  const warnings: string[] = [];
  const query = { ...(dry && { dryRun: 'All' }), fieldManager: FIELD_MANAGER, fieldValidation: 'Strict' };
  const options = { query, signal, warned: (warning: string) => warnings.push(warning) };
  const { name } = item.object.metadata;
  if (name === undefined) {
    await api.post(objectPath(kind, item.namespace), item.object, options);
    return { outcome: dry ? 'create' : 'created', warnings };
  }
  const path = objectPath(kind, item.namespace, name);
  const before = await liveOf(api, path, kind, signal);
  const force = forced.has(item.id) ? { force: true } : {};
  const applied = withoutServerFields(item.object);
  const after = await api.patch<KubeObject>(path, 'apply', applied, { ...options, query: { ...query, ...force } });
  if (!before) return { outcome: dry ? 'create' : 'created', warnings };
  const [was, becomes] = [textOf(before), textOf(after)];
  const same = dry ? was === becomes : before.metadata.resourceVersion === after.metadata.resourceVersion;
  if (same || was === becomes) return { outcome: 'unchanged', warnings };
  return { outcome: dry ? 'change' : 'changed', warnings, before: was, after: becomes };
}

/** The output of `kubectl get -o yaml` can be applied again. */
function withoutServerFields(object: KubeObject): object {
  const { managedFields: _, resourceVersion: __, uid: ___, creationTimestamp: ____, ...metadata } = object.metadata;
  return { ...object, metadata };
}

async function liveOf(api: Api, path: string, kind: Kind, signal: AbortSignal): Promise<KubeObject | undefined> {
  if (!kind.verbs.includes('get')) return undefined;
  try {
    return await api.get<KubeObject>(path, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

function failed(error: unknown, item: Item, { items }: Sender): Outcome {
  if (!(error instanceof ApiError)) throw error;
  const managers = managersInConflict(error);
  if (managers.length > 0) return { outcome: 'conflict', managers };
  const kind = { apiVersion: item.apiVersion, kind: item.kind, resource: '', namespaced: true, verbs: [] };
  const namespace = waitsFor(item, items, kind);
  if (error.code === 404 && error.details.kind === 'namespaces' && namespace) {
    return { outcome: 'waits', on: `Namespace ${namespace.name}` };
  }
  return { outcome: 'refused', message: error.message, error };
}
