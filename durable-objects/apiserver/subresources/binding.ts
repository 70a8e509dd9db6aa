/** `pods/{name}/binding` and `bindings`: a pod gets its node (upstream `pkg/registry/core/pod/storage` BindingREST). */
import { addAll } from '../../../kube/machinery/add-all.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import { fieldError, plain } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { decodeObject as decodeText } from '../../../kube/machinery/schema/decode-object.ts';
import { kindSchema } from '../../../kube/machinery/schema/resolve.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Binding, Pod } from '../../../kube/types.ts';
import type { Next, Stored } from '../../store/store.ts';
import { Attributes } from '../admission/attributes.ts';
import type { Call, ObjectAnswer } from '../call.ts';
import { badRequest, conflict, invalid, notFound } from '../errors.ts';
import { commitWrite, type Proposal } from '../write/commit.ts';
import { objectBody } from '../write/decode.ts';
import { parseWriteOptions, type WriteOptions } from '../write/options.ts';
import { printObject } from '../write/print.ts';
import { type Subresource, success } from './subresource.ts';

const BINDING = { group: '', version: 'v1', kind: 'Binding' };

export const binding: Subresource = { create: bind };

/** Also serves POSTs to `bindings`, whose body alone names the pod. */
export async function bind(call: Call): Promise<ObjectAnswer> {
  const { info } = call;
  const options = parseWriteOptions(call.query, 'CreateOptions');
  const order = decodeBinding(call, call.request.cause ? 'Ignore' : options.fieldValidation);
  const name = info.name || order.metadata.name || '';
  const given = order.metadata.namespace;
  if (given && given !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (name === '') throw badRequest('Name parameter required.');
  if (order.metadata.name !== name) {
    throw badRequest(`name in URL does not match name in Binding object`);
  }
  const key = keyOf('pods', info.namespace, name);
  // The path may name no pod, of which the store's own error would then say nothing.
  if (!call.server.store.get(key)) throw notFound('pods', name);
  await commitWrite(call, {
    key,
    expect: 'present',
    operations: ['CREATE'],
    dryRun: options.dryRun,
    propose: (current) => proposeBinding(call, options, structuredClone(order), name, current),
  });
  return success(201);
}

function proposeBinding(
  call: Call,
  options: WriteOptions,
  order: Binding,
  name: string,
  current: Stored | undefined,
): Proposal {
  const object = order as unknown as KubeObject;
  const attributes = new Attributes(call, {
    operation: 'CREATE',
    namespace: call.info.namespace,
    name,
    object,
    kind: BINDING,
    options,
  });
  return {
    attributes,
    settle: () => check(order, name),
    next: ({ revision }) => assign(current, order, name, rfc3339(call.now), revision),
  };
}

function decodeBinding(call: Call, directive: WriteOptions['fieldValidation']): Binding {
  const schema = kindSchema('', 'v1', 'Binding');
  if (!schema) throw new Error('no schema of Binding');
  const decoded = decodeText(objectBody(call, BINDING).text, { ...BINDING, schema }, directive);
  if ('error' in decoded) throw badRequest(decoded.error);
  addAll(call.warnings, decoded.warnings);
  const order = decoded.object as unknown as Binding;
  order.metadata ??= {};
  return order;
}

function check({ target }: Binding, name: string): void {
  const errors = [];
  if (target?.kind && target.kind !== 'Node') {
    errors.push(fieldError.notSupported('target.kind', plain(target.kind), ['Node', '<empty>']));
  }
  if (!target?.name) errors.push(fieldError.required('target.name'));
  if (errors.length > 0) throw invalid('Binding', name, errors);
}

/** Upstream's strategy is passed by: neither generation nor managedFields move, and nothing else can fail. */
function assign(current: Stored | undefined, order: Binding, name: string, now: string, revision: number): Next {
  if (!current) return 'unchanged';
  const pod = parseExact(current.text) as Pod;
  const { metadata, spec } = pod;
  const { uid, resourceVersion, annotations, labels } = order.metadata;
  const node = order.target.name ?? '';
  const refuse = (why: string): Error => conflict('pods/binding', name, why);
  const precondition = (why: string): Error => conflict('pods', name, `Precondition failed: ${why}`);
  if (uid && uid !== metadata.uid) {
    throw precondition(`UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`);
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw precondition(
      `ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
  }
  if (metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (spec?.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
  if (spec?.schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  if (spec) spec.nodeName = node;
  // A nomination says nothing any more (`ClearingNominatedNodeNameAfterBinding`).
  delete pod.status?.nominatedNodeName;
  metadata.annotations = { ...metadata.annotations, ...annotations };
  metadata.labels = { ...metadata.labels, ...labels };
  setScheduled(pod, now);
  return { text: printObject(pod as unknown as KubeObject, revision) };
}

function setScheduled(pod: Pod, now: string): void {
  pod.status ??= {};
  const conditions = pod.status.conditions ?? [];
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  const known = conditions.findIndex(({ type }) => type === 'PodScheduled');
  const condition = scheduled as unknown as (typeof conditions)[number];
  if (known < 0) conditions.push(condition);
  else conditions[known] = condition;
  pod.status.conditions = conditions;
}
