/**
 * Resource quotas, counted inside the commit: a write that changes what a namespace uses and the
 * new usage in the status of its quotas are one transaction, so that the usage is exact whatever happens at once.
 * Upstream charges a quota in admission and has a controller count again what is gone (apiserver
 * `pkg/admission/plugin/resourcequota`, `pkg/controller/resourcequota`).
 */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { RecentMap } from '../../../kube/machinery/recent-map.ts';
import { type Key, keyPrefix, parseKey } from '../../../kube/machinery/resource.ts';
import type { Evaluator, QuotaRequest } from '../../../kube/quota/evaluators/evaluator.ts';
import { evaluatorOf } from '../../../kube/quota/evaluators/index.ts';
import { Measured, namesFor, type Quota, readQuota, refusalOf, usageAfter } from '../../../kube/quota/quota.ts';
import type { ResourceQuota } from '../../../kube/types.ts';
import type { CoalescedWrite, Companion, Next, Store, Stored, StoreReader, WriteContext } from '../../store/store.ts';
import type { Attributes } from '../admission/attributes.ts';
import { NamespacedObjects } from '../admission/namespaced-objects.ts';
import { refuse } from '../admission/plugin.ts';
import type { Call } from '../call.ts';
import { chargedQuota, printQuota, recountedQuota } from './status.ts';

const QUOTAS = 'resourcequotas';
/** The controller whose writes ask for a count. */
const RECOUNTING = 'resourcequota-controller';

/** An object before and after a write, as far as it is known without reading texts. */
interface Change {
  call: Call;
  attributes: Attributes | undefined;
  key: Key;
  current: Stored | undefined;
  context: WriteContext;
  next: Exclude<Next, 'unchanged'>;
}

/** A quota with what it counts; not to be changed. */
interface Read {
  object: ResourceQuota;
  quota: Quota;
}

/** A quota as a group of writes has left it up to now. */
interface Charged extends Read {
  /** The names whose amounts in `quota` are newer than those of `object`. */
  changed: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const MAX_RECENT = 16;

export class Quotas {
  readonly #known: NamespacedObjects<Read>;
  /** Keys of quotas that the present group of writes changes: what is known of them is of before. */
  readonly #changing = new Set<Key>();
  /** The quotas that were read or written last, with their texts: their own writes need not be read again. */
  readonly #recent = new RecentMap<Charged & { text: string }>(MAX_RECENT);

  constructor(store: Pick<Store, 'scan' | 'onCommit' | 'onRollback'>) {
    this.#known = new NamespacedObjects(store, QUOTAS, (text, key) => this.#read(key, text));
    store.onCommit(() => this.#changing.clear());
  }

  /** Throws where the request has no room. What is taken is decided in {@link charge}. */
  check(attributes: Attributes): void {
    const quotas = this.#known.named(attributes.namespace);
    if (quotas.length === 0) return;
    const request = requestOf(attributes);
    const evaluator = request && evaluatorOf(attributes.call.kind.resource);
    if (!request || !evaluator?.handles(request)) return;
    const after = new Measured(evaluator, request.object);
    const before = request.old && new Measured(evaluator, request.old);
    attributes.measured = after;
    for (const { object } of quotas) {
      const why = refusalOf(object.quota, evaluator, request, after, before);
      if (why !== undefined) throw refuse(attributes, why);
    }
  }

  /**
   * The write, with the quotas that are to be charged for it: the store throws where there is no room any more. Their
   * statuses are written once for all writes of a group, as upstream's are for all requests that wait for a quota.
   */
  charge(change: Omit<Change, 'next'>, next: Next): Next {
    // Most clusters have none.
    if (this.#known.isEmpty && this.#changing.size === 0 && !change.key.startsWith(QUOTAS)) return next;
    const { resource, namespace } = parseKey(change.key);
    if (resource === QUOTAS && isAskedToCount(change.call)) return recounted(change, next);
    if (next === 'unchanged' || namespace === '') return next;
    const coalesced = this.#charges({ ...change, next }, resource, namespace);
    const counts = resource === QUOTAS ? this.#recounts({ ...change, next }) : [];
    if (coalesced.length === 0 && counts.length === 0) return next;
    return { ...next, with: [...(next.with ?? []), ...counts], coalesced };
  }

  #charges(change: Change, resource: string, namespace: string): CoalescedWrite[] {
    const known = this.#known.named(namespace);
    if (known.length === 0 && this.#changing.size === 0) return [];
    const evaluator = evaluatorOf(resource);
    // An update of what is only counted changes nothing.
    if (!evaluator || (evaluator.isCount && change.current && 'text' in change.next)) return [];
    const keys = known
      .filter(({ key, object }) => this.#changing.has(key) || namesFor(object.quota, evaluator).length > 0)
      .map(({ key }) => key);
    const prefix = keyPrefix(QUOTAS, namespace);
    for (const key of this.#changing) if (key.startsWith(prefix) && !keys.includes(key)) keys.push(key);
    return keys.length === 0 ? [] : this.#coalesced(change, evaluator, keys);
  }

  #coalesced(change: Change, evaluator: Evaluator, keys: readonly Key[]): CoalescedWrite[] {
    const { call, attributes } = change;
    const before = objectBefore(change);
    const after = objectAfter(change);
    const request = attributes && requestOf(attributes);
    const isHeld = request !== undefined && after !== undefined && evaluator.handles(request);
    const was = before && new Measured(evaluator, before);
    const known = attributes?.measured?.object === after ? attributes?.measured : undefined;
    const is = known ?? (after && new Measured(evaluator, after));
    return keys.map((key) => ({
      key,
      add: (state, { reader }) => {
        const read = (state as Charged | undefined) ?? this.#readAt(key, reader);
        if (!read) return undefined;
        const { quota, object, changed } = read;
        if (isHeld && is && attributes) {
          const why = refusalOf(quota, evaluator, request, is, was);
          if (why !== undefined) throw refuse(attributes, why);
        }
        // Usage that time alone has freed is found by counting anew only.
        if (before && evaluator.isOver?.(before, call.now)) {
          const recounted = recountedQuota(call, object, reader);
          // The usage as it was before the group is right: what the group has charged since is in the count.
          if (!recounted && changed.size === 0) return undefined;
          const counted = recounted ?? object;
          return { object: counted, quota: readQuota(counted), changed: NONE } satisfies Charged;
        }
        const used = usageAfter(quota, evaluator, was, is);
        if (!used) return undefined;
        const charged = { ...quota, used: new Map([...quota.used, ...used]) };
        return { object, quota: charged, changed: new Set([...changed, ...used.keys()]) } satisfies Charged;
      },
      write: (state, current, { revision }) => {
        if (!current) return 'unchanged';
        const { object: counted, quota, changed } = state as Charged;
        const stored = this.#recent.get(key);
        if (changed.size === 0 && stored?.object === counted && stored.text === current.text) return 'unchanged';
        const object = changed.size > 0 ? chargedQuota(call, counted, quota.used, [...changed]) : counted;
        const text = printQuota(object, revision);
        this.#recent.set(key, { object, quota, changed: NONE, text });
        return { text };
      },
    }));
  }

  /** A quota that is new, or promises something else than before, is counted as it is written. */
  #recounts({ call, key, current, next }: Change): Companion[] {
    if (!('text' in next)) return [];
    if (current && sameJson(specOf(current.text), specOf(next.text))) return [];
    this.#changing.add(key);
    return [
      {
        key,
        expect: 'any',
        apply: (current, { revision, reader }) =>
          current ? recountedNext(call, current, reader, revision) : 'unchanged',
      },
    ];
  }

  #readAt(key: Key, reader: StoreReader): Charged | undefined {
    const stored = reader.get(key);
    return stored && this.#read(key, stored.text);
  }

  #read(key: Key, text: string): Charged {
    const recent = this.#recent.get(key);
    if (recent?.text === text) return recent;
    const object = JSON.parse(text) as ResourceQuota;
    const read = { text, object, quota: readQuota(object), changed: NONE };
    this.#recent.set(key, read);
    return read;
  }
}

function recountedNext(call: Call, current: Stored, reader: StoreReader, revision: number): Next {
  const text = recountedText(call, current.text, reader, revision);
  return text === undefined ? 'unchanged' : { text };
}

/** undefined where the status is right. */
function recountedText(call: Call, text: string, reader: StoreReader, revision: number): string | undefined {
  const recounted = recountedQuota(call, JSON.parse(text) as ResourceQuota, reader);
  return recounted && printQuota(recounted, revision);
}

function isAskedToCount({ request: { cause } }: Call): boolean {
  return cause?.kind === 'controller' && cause.name === RECOUNTING;
}

function recounted({ call, current, context: { reader, revision } }: Omit<Change, 'next'>, next: Next): Next {
  if (next !== 'unchanged' && 'delete' in next) return next;
  const text = next === 'unchanged' ? current?.text : next.text;
  const counted = text && recountedText(call, text, reader, revision);
  return counted ? { text: counted } : next;
}

function requestOf({ operation, subresource, object, oldObject }: Attributes): QuotaRequest | undefined {
  if (!object || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined;
  return { operation, subresource, object, old: oldObject };
}

function specOf(text: string): unknown {
  return (JSON.parse(text) as ResourceQuota).spec;
}

/** The stored kind's own object, where a plugin was given it; a Scale or a Binding is another. */
function given(change: Change, object: KubeObject | undefined): KubeObject | undefined {
  const { attributes, call, key } = change;
  const isOwn = attributes?.kind.kind === call.kind.kind && call.kind.resource === parseKey(key).resource;
  return isOwn ? object : undefined;
}

function objectBefore(change: Change): KubeObject | undefined {
  const { attributes, current } = change;
  if (!current || current.unreadable !== undefined) return current && { metadata: {}, apiVersion: '', kind: '' };
  // A delete marks the object that it was given.
  const known = attributes?.operation === 'UPDATE' ? given(change, attributes.oldObject) : undefined;
  return known ?? (JSON.parse(current.text) as KubeObject);
}

function objectAfter(change: Change): KubeObject | undefined {
  const { attributes, next } = change;
  if ('delete' in next) return undefined;
  const known = attributes?.operation === 'DELETE' ? undefined : given(change, attributes?.object);
  return known ?? (JSON.parse(next.text) as KubeObject);
}
