/**
 * The one shape of a write, for every verb and subresource: *propose → admit → commit*. A proposal is the request's
 * outcome on one state of the object. Where no plugin asks others, all of it happens inside the commit, on the state
 * that is current there, so that two writers cannot pass each other. Where one does, or a webhook has to convert the
 * object, it happens before, and the commit insists on the state that the proposal was made on (apiserver
 * `pkg/registry/generic/registry/store.go`, GuaranteedUpdate).
 */
import { ConversionNeeded } from '../../../kube/kinds/custom/conversion-webhook.ts';
import type { Cause } from '../../../kube/machinery/cause.ts';
import { type Key, keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import { StoreError } from '../../store/errors.ts';
import type { Next, Store, Stored, StoreReader, Write, WriteContext } from '../../store/store.ts';
import type { Attributes, Operation } from '../admission/attributes.ts';
import type { RemotePlugin } from '../admission/plugin.ts';
import { type Call, causeOf } from '../call.ts';
import { converting } from '../conversion/converting.ts';
import { noPage, whileTerminating } from '../errors.ts';

/** A request's outcome on one state of an object, step by step. Each step throws to refuse. */
export interface Proposal {
  /** The attributes that plugins are given; left out where they were asked before. */
  attributes?: Attributes;
  /** Runs after mutating plugins: the kind's strategy drops and carries over fields, sets defaults and checks rules. */
  settle?(): void;
  /** The name that a plugin has given a new object in place of its own. Asked after `settle`. */
  renamed?(): string | undefined;
  /** Runs after validating plugins. */
  next(context: WriteContext): Next;
}

export interface WriteRequest {
  key: Key;
  expect: 'absent' | 'present' | 'any';
  /** The sorts of change that a proposal may be. */
  operations: readonly Operation[];
  /** Free of effects, and called again when the write has to be made on another state. */
  propose(current: Stored | undefined, reader: StoreReader): Proposal;
  dryRun: boolean;
  fieldManager?: string;
  standIns?: boolean;
}

export interface WriteResult {
  /** The object as it is now; for a delete, its last state. */
  text: string;
  created: boolean;
  deleted: boolean;
}

/** A proposal whose object has changed is made anew this often. */
const MAX_ATTEMPTS = 5;

/** Throws what the proposal throws, and StoreErrors. */
export async function commitWrite(call: Call, request: WriteRequest): Promise<WriteResult> {
  const remote = call.server.admission.remotePlugins(call, request.operations);
  if (remote.length > 0) return commitAfterAsking(call, request, remote);
  const { length: warned } = call.warnings;
  try {
    return await commitInside(call, request);
  } catch (error) {
    if (!(error instanceof ConversionNeeded)) throw error;
    call.warnings.length = warned;
    return commitAfterAsking(call, request, remote);
  }
}

function commitInside(call: Call, request: WriteRequest): Promise<WriteResult> {
  if (request.expect === 'absent') return commitNew(call, request);
  return commit(call, request, (met) => {
    const { reader } = met.context;
    const proposal = request.propose(met.current, reader);
    admitInside(call, proposal, reader);
    return nextOf(call, proposal, met);
  });
}

/**
 * A new object rests on no state of its own, so it is admitted while the group that it commits with comes together. Its
 * errors are reported before a conflict with an existing name.
 */
function commitNew(call: Call, request: WriteRequest): Promise<WriteResult> {
  const { store } = call.server;
  const { revision } = store;
  const proposal = request.propose(undefined, store);
  admitInside(call, proposal, store);
  return commit(call, { ...request, key: keyOfNew(request.key, proposal) }, (met) => {
    if (met.context.reader.revision !== revision) recheck(call, proposal, met.context);
    return nextOf(call, proposal, met);
  });
}

function keyOfNew(key: Key, { renamed }: Proposal): Key {
  const name = renamed?.();
  if (name === undefined) return key;
  const { resource, namespace } = parseKey(key);
  return keyOf(resource, namespace, name);
}

/** The state that a write meets in its transaction. */
interface Met {
  key: Key;
  current: Stored | undefined;
  context: WriteContext;
  cause: Cause;
}

/** The write's outcome, together with the new usage of the namespace's quotas. */
function nextOf(call: Call, { attributes, next }: Proposal, { key, current, context, cause }: Met): Next {
  // A proposal that is made again has annotations of its own.
  if (attributes?.annotations || cause.annotations) cause.annotations = attributes?.annotations;
  if (attributes?.changed || cause.changed) cause.changed = attributes?.changed;
  return call.server.quotas.charge({ call, attributes, key, current, context }, next(context));
}

/**
 * The kind's definition may have been deleted while webhooks were asked. Throws 404, or 403 while it is being deleted.
 */
function checkServed({ kind, info, server }: Call, name: string): void {
  const served = server.kinds.findResource(info.group, info.version, info.resource);
  if (!served) throw noPage();
  if (served.terminating) throw whileTerminating(kind.resource, name);
}

/** Checks, within the transaction, the state of other objects that the proposal was made of. */
function recheck(call: Call, { attributes }: Proposal, { reader }: WriteContext): void {
  if (!attributes) return;
  if (call.kind.custom && attributes.operation === 'CREATE') checkServed(call, attributes.name);
  attributes.reader = reader;
  call.server.admission.recheck(attributes);
}

function admitInside(call: Call, { attributes, settle }: Proposal, reader: StoreReader): void {
  const { admission } = call.server;
  if (attributes) {
    attributes.reader = reader;
    admission.mutate(attributes);
  }
  settle?.();
  if (attributes) admission.validate(attributes);
}

async function commitAfterAsking(
  call: Call,
  request: WriteRequest,
  remote: readonly RemotePlugin[],
): Promise<WriteResult> {
  const { store } = call.server;
  const { length: warned } = call.warnings;
  for (let attempt = 1; ; attempt++) {
    call.warnings.length = warned;
    const current = store.get(request.key);
    if (request.expect !== 'absent') checkExpectation(request.key, current, request.expect);
    const proposal = await converting(call, () => request.propose(current, store));
    await askRemote(call, proposal, remote);
    const expect = (request.expect !== 'absent' && current?.revision) || 'absent';
    const key = expect === 'absent' ? keyOfNew(request.key, proposal) : request.key;
    try {
      return await converting(call, () =>
        commit(call, { ...request, key, expect }, (met) => {
          recheck(call, proposal, met.context);
          return nextOf(call, proposal, met);
        }),
      );
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isOvertaken(error, request)) throw error;
    }
  }
}

async function askRemote(call: Call, { attributes, settle }: Proposal, remote: readonly RemotePlugin[]): Promise<void> {
  const { admission } = call.server;
  if (attributes) await admission.mutateWith(attributes, remote);
  settle?.();
  if (attributes) {
    await admission.validateConverting(attributes);
    await admission.validateRemote(attributes, remote);
  }
}

/** The object has changed, gone or come since the proposal was made. */
function isOvertaken(error: unknown, { expect }: WriteRequest): boolean {
  if (!(error instanceof StoreError)) return false;
  return (
    error.code === 'conflict' || error.code === 'not-found' || (error.code === 'already-exists' && expect === 'any')
  );
}

type Expectation = Write['expect'];
type Commit = Omit<WriteRequest, 'expect' | 'propose' | 'operations'> & { expect: Expectation };

/** The one place where the API server commits, and where a dry run does everything but that. */
async function commit(call: Call, request: Commit, apply: (met: Met) => Next): Promise<WriteResult> {
  const { key, expect, dryRun, fieldManager, standIns } = request;
  const { store } = call.server;
  // Annotations are of this write alone; those of a run of a controller share their cause.
  const cause: Cause = { ...causeOf(call, fieldManager) };
  const applied: Write['apply'] = (current, context) => apply({ key, current, context, cause });
  if (dryRun) return dryRunWrite(store, key, expect, applied);
  const { stored, entry } = await store.commit({ key, expect, apply: applied, cause, standIns });
  return { text: stored.text, created: entry?.change === 'create', deleted: entry?.change === 'delete' };
}

/** The object keeps the resourceVersion it had; a created one has none. */
function dryRunWrite(store: Store, key: Key, expect: Expectation, apply: Write['apply']): WriteResult {
  const current = store.get(key);
  checkExpectation(key, current, expect);
  const next = apply(current, { revision: current?.revision ?? 0, reader: store });
  const created = current === undefined;
  if (next === 'unchanged') return { text: current?.text ?? '', created, deleted: false };
  return 'delete' in next
    ? { text: next.delete, created, deleted: true }
    : { text: next.text, created, deleted: false };
}

function checkExpectation(key: Key, current: Stored | undefined, expect: Expectation): void {
  if (expect === 'any') return;
  if (expect === 'absent') {
    if (current) throw new StoreError('already-exists', `${key} exists`, current.revision);
    return;
  }
  if (!current) throw new StoreError('not-found', `${key} not found`);
  if (typeof expect === 'number' && current.revision !== expect) {
    throw new StoreError('conflict', `${key} is at revision ${current.revision}`, current.revision);
  }
}
