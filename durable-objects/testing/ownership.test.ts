/**
 * Random graphs of owners: circles, several owners, owners of another namespace, of no namespace, of kinds that come and go
 * and that never were, deleted in any way, in an object that dies at any write. Nothing is collected while an owner of it
 * lives, and in the end nothing is left whose owners are all gone.
 */
import { expect, test } from 'vitest';
import type { KubeObject, OwnerReference } from '../../kube/machinery/object.ts';
import { type Actions, led, seeds } from './chaos.ts';
import type { TestCluster } from './cluster.ts';
import { history, type State, type Written } from './history.ts';

const MERGE = 'application/merge-patch+json';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const NAMESPACES = ['default', 'a'];
const STEPS = 90;

interface Kind {
  apiVersion: string;
  kind: string;
  /** As keys begin. */
  resource: string;
  path(namespace: string): string;
  isNamespaced: boolean;
}

const KINDS: readonly Kind[] = [
  kindOf('v1', 'ConfigMap', 'configmaps', (namespace) => `/api/v1/namespaces/${namespace}/configmaps`),
  kindOf('v1', 'ServiceAccount', 'serviceaccounts', (namespace) => `/api/v1/namespaces/${namespace}/serviceaccounts`),
  kindOf(
    'example.com/v1',
    'Widget',
    'widgets.example.com',
    (namespace) => `/apis/example.com/v1/namespaces/${namespace}/widgets`,
  ),
  kindOf('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles.rbac.authorization.k8s.io', undefined),
];

function kindOf(apiVersion: string, kind: string, resource: string, path: Kind['path'] | undefined): Kind {
  const cluster = () => `/apis/${apiVersion}/${resource.slice(0, resource.indexOf('.'))}`;
  return { apiVersion, kind, resource, path: path ?? cluster, isNamespaced: path !== undefined };
}

const DEFINITION = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

const actions: Actions = (cluster, next) => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const below = (count: number) => Math.floor(next() * count);
  const send = (line: string, body?: unknown, type?: string) => cluster.send(line, body, type);
  const name = () => `n-${below(5)}`;
  const some = async (): Promise<{ kind: Kind; object: KubeObject; path: string } | undefined> => {
    const kind = pick(KINDS);
    const namespace = pick(NAMESPACES);
    const { status, body } = await send(`GET ${kind.path(namespace)}`);
    const objects = ((body as unknown as { items?: KubeObject[] }).items ?? []).filter(({ metadata }) =>
      metadata.name?.startsWith('n-'),
    );
    if (status !== 200 || objects.length === 0) return undefined;
    const object = pick(objects);
    return { kind, object, path: `${kind.path(namespace)}/${object.metadata.name}` };
  };
  const reference = async (): Promise<OwnerReference[]> => {
    const owner = await some();
    if (!owner) return [];
    const { apiVersion, kind } = owner.kind;
    const { name = '', uid = '' } = owner.object.metadata;
    const usual = { apiVersion, kind, name, uid, blockOwnerDeletion: next() < 0.5 };
    return [pick([usual, usual, usual, usual, { ...usual, uid: 'gone' }, { ...usual, kind: 'Never' }])];
  };
  const references = async () => {
    const all = [...(await reference()), ...(next() < 0.4 ? await reference() : [])];
    return [...new Map(all.map((one) => [one.uid, one])).values()];
  };
  const create = async () => {
    const { apiVersion, kind, path } = pick(KINDS);
    const metadata = { name: name(), ownerReferences: await references() };
    return send(`POST ${path(pick(NAMESPACES))}`, { apiVersion, kind, metadata });
  };
  return [
    create,
    create,
    create,
    create,
    async () => {
      const found = await some();
      const ownerReferences = await references();
      if (found) await send(`PATCH ${found.path}`, { metadata: { ownerReferences } }, MERGE);
    },
    async () => {
      const found = await some();
      const finalizers = pick([null, ['example.com/held']]);
      if (found) await send(`PATCH ${found.path}`, { metadata: { finalizers } }, MERGE);
    },
    async () => {
      const found = await some();
      const propagationPolicy = pick(['Background', 'Foreground', 'Orphan']);
      if (found) await send(`DELETE ${found.path}`, { propagationPolicy });
    },
    async () => {
      const found = await some();
      const propagationPolicy = pick(['Background', 'Foreground', 'Orphan']);
      if (found) await send(`DELETE ${found.path}`, { propagationPolicy });
    },
    () => send(`POST ${CRDS}`, DEFINITION),
    () => send(`POST ${CRDS}`, DEFINITION),
    () => (next() < 0.5 ? send(`DELETE ${CRDS}/widgets.example.com`) : cluster.advance(1000)),
    () => send('POST /api/v1/namespaces', { metadata: { name: 'a' } }),
    () => cluster.advance(below(60_000)),
  ];
};

/** The owner that a reference names: of its kind, name and uid, in the dependent's namespace or in none. */
function ownerOf(state: State, dependent: KubeObject, reference: OwnerReference): KubeObject | undefined {
  const kind = KINDS.find((each) => each.apiVersion === reference.apiVersion && each.kind === reference.kind);
  if (!kind) return undefined;
  const namespace = kind.isNamespaced ? dependent.metadata.namespace : '';
  const owner = state.get(`${kind.resource}/${namespace}/${reference.name}`);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** Whether it waits for its dependents to go. */
const isWaiting = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes('foregroundDeletion') ?? false);

/** Whether the collector may not decide on a reference. */
const isUnknown = (state: State, dependent: KubeObject, { apiVersion, kind }: OwnerReference): boolean => {
  const known = KINDS.find((each) => each.apiVersion === apiVersion && each.kind === kind);
  if (!known || (known.isNamespaced && !dependent.metadata.namespace)) return true;
  return kind === 'Widget' && !state.has('customresourcedefinitions.apiextensions.k8s.io//widgets.example.com');
};

/** Uids of owners that were deleted in the foreground, and of objects that are gone. */
interface Past {
  waited: Set<string>;
  gone: Set<string>;
}

/** What keeps an object from being collected. */
function keeps({ before, after, by }: Written, state: State, { waited, gone }: Past): string | undefined {
  if (by !== 'generic-garbage-collector' || !before || before.metadata.deletionTimestamp) return undefined;
  if (after && !after.metadata.deletionTimestamp) return undefined;
  for (const reference of before.metadata.ownerReferences ?? []) {
    const owner = ownerOf(state, before, reference);
    if (owner && !waited.has(reference.uid)) return `owner ${reference.kind} ${reference.name} lives`;
    if (!gone.has(reference.uid) && isUnknown(state, before, reference))
      return `owner ${reference.kind} ${reference.name} is not known to be gone`;
  }
  return undefined;
}

/** Whether a dependent that may not be collected keeps its owner, and the owner's owners, as upstream. */
function waits(state: State, object: KubeObject, seen = new Set<KubeObject>()): boolean {
  if (seen.has(object)) return false;
  seen.add(object);
  return [...state.values()].some((dependent) => {
    const references = dependent.metadata.ownerReferences ?? [];
    if (!references.some(({ uid, blockOwnerDeletion }) => uid === object.metadata.uid && blockOwnerDeletion))
      return false;
    return references.some((reference) => isUnknown(state, dependent, reference)) || waits(state, dependent, seen);
  });
}

function leftOver(state: State): string[] {
  const left: string[] = [];
  for (const [key, object] of state) {
    const { ownerReferences = [], name, deletionTimestamp } = object.metadata;
    if (!name?.startsWith('n-')) continue;
    if (deletionTimestamp && !waits(state, object)) left.push(`${key} is still being deleted`);
    if (ownerReferences.length === 0 || ownerReferences.some((one) => isUnknown(state, object, one))) continue;
    if (!ownerReferences.some((one) => ownerOf(state, object, one))) left.push(`${key} has no owner left`);
  }
  return left;
}

async function release(cluster: TestCluster): Promise<void> {
  for (const { path } of KINDS) {
    for (const namespace of NAMESPACES) {
      const { body } = await cluster.send(`GET ${path(namespace)}`);
      for (const { metadata } of (body as unknown as { items?: KubeObject[] }).items ?? []) {
        const finalizers = metadata.finalizers?.filter((one) => one !== 'example.com/held') ?? [];
        if (finalizers.length === metadata.finalizers?.length || !metadata.finalizers) continue;
        await cluster.send(`PATCH ${path(namespace)}/${metadata.name}`, { metadata: { finalizers } }, MERGE);
      }
    }
  }
}

test.each(seeds(5, 6, 48, 64))(
  'nothing is collected whose owner lives, and nothing stays whose owners are gone (%i)',
  async (seed) => {
    const { cluster } = await led(seed, actions, STEPS, { simulatedNodes: 0 });
    await release(cluster);
    await cluster.advance(60 * 60_000);
    const wrong: unknown[] = [];
    let last: State = new Map();
    const past: Past = { waited: new Set(), gone: new Set() };
    for (const { written, state } of history(cluster)) {
      const { uid = '' } = (written.after ?? written.before)?.metadata ?? {};
      if (!written.after) past.gone.add(uid);
      else if (isWaiting(written.after)) past.waited.add(uid);
      const why = keeps(written, state, past);
      if (why) wrong.push({ revision: written.revision, key: written.key, why });
      last = state;
    }
    expect(wrong).toEqual([]);
    expect(leftOver(last)).toEqual([]);
    expect(cluster.reported).toEqual([]);
  },
  120_000,
);
