/**
 * Deletes what aggregated APIs keep in a namespace, and tells what remains (upstream `namespace/deletion`,
 * deleteAllContentForGroupVersionResource). Every request takes the way of all requests for those APIs.
 */
import type { RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import { compareVersions } from '../../../kube/machinery/discovery/resources.ts';
import type { Status } from '../../../kube/machinery/status.ts';
import type { RequestPort } from '../runtime/ports.ts';
import type { Remaining } from './conditions.ts';

type Answer = Awaited<ReturnType<RequestPort['request']>>;
type Sent = Pick<Parameters<RequestPort['request']>[0], 'method' | 'path' | 'query' | 'accept' | 'body'>;
export type Send = (sent: Sent) => Promise<Answer>;

/** Plain data. */
export interface RemoteContent {
  remaining: readonly Remaining[];
  /** Messages of what could not be deleted. */
  failures: readonly string[];
  /** Group versions that are not available, or whose resources are not known. */
  undiscovered: readonly string[];
}

interface Deletable {
  group: string;
  version: string;
  resource: string;
  verbs: readonly string[];
}
interface Item {
  metadata?: { name?: string; finalizers?: string[] };
}

/** Group versions that are asked at once. */
const MAX_AT_ONCE = 5;
const PAGE = 500;
/** A list that goes on for longer is an error. */
const MAX_PAGES = 100;
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const BACKGROUND = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };

/** Whether there is anything to ask: most aggregated APIs, such as those of metrics, have nothing to delete. */
export function mayKeepContent(versions: readonly RemoteVersion[]): boolean {
  const current = versions.filter(({ isCurrent }) => isCurrent);
  return current.some(({ resources }) => !resources) || preferred(current).length > 0;
}

export async function deleteRemoteContent(
  versions: readonly RemoteVersion[],
  namespace: string,
  send: Send,
): Promise<RemoteContent> {
  const current = versions.filter(({ isCurrent }) => isCurrent);
  const remaining: Remaining[] = [];
  const failures: string[] = [];
  const waiting = byVersion(preferred(current));
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (const one of next) {
        const { left, failed } = await emptied(one, namespace, send);
        if (left.length > 0) remaining.push(remainingOf(one, left));
        if (failed) failures.push(failed.message ?? 'unknown error');
        // A server that does not answer is not waited for again and again.
        if (failed?.reason === 'ServiceUnavailable') break;
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_AT_ONCE }, work));
  const undiscovered = versions
    .filter(({ isCurrent, resources }) => !isCurrent || !resources)
    .map(({ group, version }) => `${group}/${version}`);
  return { remaining, failures, undiscovered };
}

/** Each namespaced resource that can be deleted once, in the preferred version of those that have it. */
function preferred(versions: readonly RemoteVersion[]): Deletable[] {
  const found = new Map<string, Deletable>();
  const sorted = [...versions].sort(
    (a, b) => b.versionPriority - a.versionPriority || compareVersions(a.version, b.version),
  );
  for (const { group, version, resources = [] } of sorted) {
    for (const { resource, scope, verbs } of resources as { resource: string; scope: string; verbs: string[] }[]) {
      const name = `${resource}.${group}`;
      if (scope !== 'Namespaced' || found.has(name)) continue;
      found.set(name, { group, version, resource, verbs });
    }
  }
  return [...found.values()].filter(({ verbs }) => verbs.includes('delete'));
}

function byVersion(all: readonly Deletable[]): Deletable[][] {
  return [...Map.groupBy(all, ({ group, version }) => `${group}/${version}`).values()];
}

function remainingOf({ resource, group }: Deletable, left: readonly Item[]): Remaining {
  const terminating = left.map(({ metadata }) => ({ finalizers: metadata?.finalizers ?? [] }));
  return { resource: `${resource}.${group}`, count: left.length, terminating };
}

async function emptied(
  one: Deletable,
  namespace: string,
  send: Send,
): Promise<{ left: readonly Item[]; failed?: Partial<Status> }> {
  const { group, version, resource, verbs } = one;
  const path = `/apis/${group}/${version}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
  const list = () => (verbs.includes('list') ? listed(path, send) : undefined);
  let isSupported = false;
  if (verbs.includes('deletecollection')) {
    const answer = await send({ method: 'DELETE', path, body: BACKGROUND });
    isSupported = answer.ok || !isUnsupported(answer.status);
    if (isSupported && !answer.ok) return { left: [], failed: answer.status };
  }
  if (!isSupported) {
    const items = await list();
    if (items && !Array.isArray(items)) return { left: [], failed: items as Partial<Status> };
    for (const { metadata } of (items ?? []) as Item[]) {
      const own = `${path}/${encodeURIComponent(metadata?.name ?? '')}`;
      const answer = await send({ method: 'DELETE', path: own, body: BACKGROUND });
      if (!answer.ok && !isUnsupported(answer.status)) return { left: [], failed: answer.status };
    }
  }
  const left = (await list()) ?? [];
  if (!Array.isArray(left)) return { left: [], failed: left as Partial<Status> };
  if (left.length === 0 || (left as Item[]).some(({ metadata }) => metadata?.finalizers?.length)) return { left };
  const gvr = `${group}/${version}, Resource=${resource}`;
  return { left, failed: { message: `unexpected items still remain in namespace: ${namespace} for gvr: ${gvr}` } };
}

/** The items; a Status for a failure, and undefined where lists are not supported. */
async function listed(path: string, send: Send): Promise<Item[] | Partial<Status> | undefined> {
  const found: Item[] = [];
  let token = '';
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(token === '' ? {} : { continue: token }) });
    const answer = await send({ method: 'GET', path, query: query.toString(), accept: METADATA });
    if (!answer.ok) return isUnsupported(answer.status) ? undefined : answer.status;
    const { items, metadata } = (answer.object ?? {}) as { items?: unknown; metadata?: { continue?: unknown } };
    if (items !== undefined && items !== null && !Array.isArray(items)) break;
    for (const item of (items ?? []) as unknown[]) found.push(itemOf(item));
    if (typeof metadata?.continue !== 'string' || metadata.continue === '') return found;
    token = metadata.continue;
  }
  return { message: `the list of ${path} cannot be read` };
}

/** Of an aggregated API, which may answer anything. */
function itemOf(value: unknown): Item {
  const { name, finalizers } = (value as Item | null)?.metadata ?? {};
  return {
    metadata: {
      name: typeof name === 'string' ? name : '',
      finalizers: Array.isArray(finalizers) ? finalizers.filter((one) => typeof one === 'string') : [],
    },
  };
}

function isUnsupported({ reason }: Status): boolean {
  return reason === 'NotFound' || reason === 'MethodNotAllowed';
}
