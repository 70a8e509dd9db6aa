/**
 * Deletes what aggregated APIs keep in a namespace, and tells what remains (upstream `namespace/deletion`,
 * deleteAllContentForGroupVersionResource). Every request takes the way of all requests for those APIs.
 */
import type { RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import { compareVersions } from '../../../kube/machinery/discovery/resources.ts';
import { failure, type Status } from '../../../kube/machinery/status.ts';
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
/** Of the items of a list, which may be more than memory holds: their number, and what holds them. */
interface Left {
  count: number;
  held: Map<string, number>;
}

/** Group versions that are asked at once. */
const MAX_AT_ONCE = 5;
const PAGE = 500;
/** A list that goes on for longer is an error. */
const MAX_PAGES = 100;
/** A server may pay no heed to the limit of a page; an answer has room for fewer objects than this. */
const MAX_ITEMS = 20_000;
/** Names of finalizers that are told of a resource. */
const MAX_HELD = 100;
/** The longest finalizer that Kubernetes' own validation lets pass: a domain, a slash and a name. */
const MAX_FINALIZER = 253 + 1 + 63;
const TOO_LATE = failure('Timeout', 'context deadline exceeded');
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const BACKGROUND = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };

/** Whether there is anything to ask: most aggregated APIs, such as those of metrics, have nothing to delete. */
export function mayKeepContent(versions: readonly RemoteVersion[]): boolean {
  const current = versions.filter(({ isCurrent }) => isCurrent);
  return current.some(({ resources }) => !resources) || preferred(current).length > 0;
}

/** The run ends once `goesOn` answers false: each resource that was not asked by then counts as a failure. */
export async function deleteRemoteContent(
  versions: readonly RemoteVersion[],
  namespace: string,
  send: Send,
  goesOn: () => boolean,
): Promise<RemoteContent> {
  const current = versions.filter(({ isCurrent }) => isCurrent);
  const remaining: Remaining[] = [];
  const failures: string[] = [];
  const waiting = byVersion(preferred(current));
  const sendInTime: Send = async (sent) => (goesOn() ? send(sent) : { ok: false, status: TOO_LATE });
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      for (const one of next) {
        const { left, failed } = await emptied(one, namespace, sendInTime);
        if (left && left.count > 0) remaining.push({ resource: `${one.resource}.${one.group}`, ...left });
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

async function emptied(
  one: Deletable,
  namespace: string,
  send: Send,
): Promise<{ left?: Left; failed?: Partial<Status> }> {
  const { group, version, resource, verbs } = one;
  const path = `/apis/${group}/${version}/namespaces/${encodeURIComponent(namespace)}/${encodeURIComponent(resource)}`;
  const canList = verbs.includes('list');
  let isSupported = false;
  if (verbs.includes('deletecollection')) {
    const answer = await send({ method: 'DELETE', path, body: BACKGROUND });
    isSupported = answer.ok || !isUnsupported(answer.status);
    if (isSupported && !answer.ok) return { failed: answer.status };
  }
  const deleteItem = async ({ name }: Item): Promise<Partial<Status> | undefined> => {
    if (name === '') return undefined;
    const answer = await send({ method: 'DELETE', path: `${path}/${encodeURIComponent(name)}`, body: BACKGROUND });
    return answer.ok || isUnsupported(answer.status) ? undefined : answer.status;
  };
  if (!isSupported && canList) {
    const failed = await eachItem(path, send, deleteItem);
    if (failed) return { failed };
  }
  const left: Left = { count: 0, held: new Map() };
  const failed = canList ? await eachItem(path, send, (item) => count(item, left)) : undefined;
  if (failed) return { failed };
  if (left.count === 0 || left.held.size > 0) return { left };
  const gvr = `${group}/${version}, Resource=${resource}`;
  return { left, failed: { message: `unexpected items still remain in namespace: ${namespace} for gvr: ${gvr}` } };
}

function count({ finalizers }: Item, left: Left): undefined {
  left.count++;
  for (const name of finalizers) {
    const known = left.held.get(name);
    if (known !== undefined || left.held.size < MAX_HELD) left.held.set(name, (known ?? 0) + 1);
  }
}

interface Item {
  name: string;
  finalizers: readonly string[];
}

/**
 * Hands on the items page by page, as there may be more than memory holds. Resolves with the first failure, of a page or
 * of an item; a list that is not supported has no items.
 */
async function eachItem(
  path: string,
  send: Send,
  run: (item: Item) => Promise<Partial<Status> | undefined> | undefined,
): Promise<Partial<Status> | undefined> {
  let token = '';
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(token === '' ? {} : { continue: token }) });
    const answer = await send({ method: 'GET', path, query: query.toString(), accept: METADATA });
    if (!answer.ok) return isUnsupported(answer.status) ? undefined : answer.status;
    const page = pageOf(answer.object);
    if (!page) break;
    for (const item of page.items) {
      const running = run(item);
      const failed = running && (await running);
      if (failed) return failed;
    }
    if (page.next === '') return undefined;
    token = page.next;
  }
  return { message: `the list of ${path} cannot be read` };
}

/** Of an answer of an aggregated API, which may be anything: undefined for what is no page. */
function pageOf(object: unknown): { items: readonly Item[]; next: string } | undefined {
  const { items, metadata } = (object ?? {}) as { items?: unknown; metadata?: { continue?: unknown } };
  const all = items ?? [];
  if (!Array.isArray(all) || all.length > MAX_ITEMS) return undefined;
  return { items: all.map(itemOf), next: typeof metadata?.continue === 'string' ? metadata.continue : '' };
}

function itemOf(value: unknown): Item {
  const { name, finalizers } = (value as { metadata?: Partial<Item> } | null)?.metadata ?? {};
  return {
    name: typeof name === 'string' ? name : '',
    finalizers: Array.isArray(finalizers) ? finalizers.filter(isFinalizer) : [],
  };
}

function isFinalizer(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_FINALIZER;
}

function isUnsupported({ reason }: Status): boolean {
  return reason === 'NotFound' || reason === 'MethodNotAllowed';
}
