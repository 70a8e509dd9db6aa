/** `…/scale` as autoscaling/v1 Scale (upstream `pkg/registry/apps/deployment/storage/storage.go` ScaleREST). */
import { ageColumn, countColumn, nameColumn } from '../../../kube/kinds/columns/column.ts';
import type { KindDescriptor, ScalePaths } from '../../../kube/kinds/define.ts';
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import {
  formatSelector,
  type LabelSelectorObject,
  selectorFromMap,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import type { Stored } from '../../store/store.ts';
import { Attributes } from '../admission/attributes.ts';
import { type Call, type ObjectAnswer, targetKey } from '../call.ts';
import { invalid, methodNotAllowed, notFound } from '../errors.ts';
import { patchBody, patched, patchType } from '../verbs/patch.ts';
import { commitWrite, type Proposal } from '../write/commit.ts';
import { type Decodable, decodeObject } from '../write/decode.ts';
import { matchName } from '../write/metadata.ts';
import { parseWriteOptions, type WriteOptions } from '../write/options.ts';
import { proposeUpdate, readStored } from '../write/propose-update.ts';
import { updateRequest } from '../write/update.ts';
import type { Subresource } from './subresource.ts';

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const DECODED: Decodable = {
  ...SCALE,
  apiVersion: 'autoscaling/v1',
  get schema() {
    return schemaOf('io.k8s.api.autoscaling.v1.Scale');
  },
  strategy: {},
};

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas?: number };
}

/** Upstream's `printScale`. */
const COLUMNS = [
  nameColumn,
  countColumn<Scale>('Desired', 'How many there should be.', ({ spec }) => spec?.replicas),
  countColumn<Scale>('Available', 'How many there are.', ({ status }) => status?.replicas),
  ageColumn,
];

export const scale: Subresource = { get: read, update: write, patch: write };

function read(call: Call): ObjectAnswer {
  const { server, kind, info } = call;
  const stored = server.store.get(targetKey(call));
  if (!stored) throw notFound(kind.resource, info.name);
  return { type: 'object', code: 200, text: scaleText(kind, stored.text), columns: COLUMNS };
}

async function write(call: Call): Promise<ObjectAnswer> {
  const { kind, info } = call;
  const isPatch = info.verb === 'patch';
  const options = parseWriteOptions(call.query, isPatch ? 'PatchOptions' : 'UpdateOptions');
  const desired = isPatch ? patchedScale(call, options) : decodedScale(call, options);
  const { text } = await commitWrite(call, {
    ...updateRequest(call, options),
    expect: 'present',
    operations: ['UPDATE'],
    propose(current) {
      if (!current) throw notFound(kind.resource, info.name);
      return proposeScale(call, options, desired(scaleText(kind, current.text)), current);
    },
  });
  return { type: 'object', code: 200, text: scaleText(kind, text), columns: COLUMNS };
}

/** Plugins are shown the Scales; the object that is scaled is made from the one that they leave. */
function proposeScale(call: Call, options: WriteOptions, scale: Scale, current: Stored): Proposal {
  const old = readStored(call, current.text);
  const oldObject = JSON.parse(scaleText(call.kind, current.text)) as Scale;
  const attributes = new Attributes(call, { operation: 'UPDATE', object: scale, oldObject, kind: SCALE, options });
  let update: Proposal | undefined;
  return {
    attributes,
    settle() {
      const object = structuredClone(old);
      rescale(call, object, scale);
      update = proposeUpdate({ call, options }, object, current, old);
      update.settle?.();
    },
    next: (context) => update?.next(context) ?? 'unchanged',
  };
}

/** Makes the wanted Scale from the present one. */
type DesiredScale = (current: string) => Scale;

function decodedScale(call: Call, { fieldValidation }: WriteOptions): DesiredScale {
  const object = decodeObject(call, DECODED, fieldValidation);
  matchName(call, object);
  return () => structuredClone(object) as Scale;
}

function patchedScale(call: Call, { fieldValidation }: WriteOptions): DesiredScale {
  const type = patchType(call);
  const body = patchBody(call, type);
  return (current) => patched(call, DECODED, { type, body, directive: fieldValidation }, current) as Scale;
}

function rescale({ kind, info }: Call, object: KubeObject, { metadata, spec }: Scale): void {
  const replicas = spec?.replicas ?? 0;
  if (replicas < 0) {
    const error = fieldError.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw invalid('Scale.autoscaling', info.name, [error]);
  }
  object.metadata.resourceVersion = metadata.resourceVersion;
  object.metadata.uid = metadata.uid || object.metadata.uid;
  writePath(object, pathsOf(kind).specReplicas, replicas);
}

function scaleText(kind: KindDescriptor, text: string): string {
  const object = JSON.parse(text) as KubeObject;
  const paths = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata: ObjectMeta = { name, namespace, uid, resourceVersion, creationTimestamp };
  return JSON.stringify({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { replicas: readPath(object, paths.specReplicas) || undefined },
    status: { replicas: readPath(object, paths.statusReplicas) ?? 0, selector: selectorText(object, paths) },
  });
}

function selectorText(object: KubeObject, { selector: path }: ScalePaths): string | undefined {
  const selector = path === undefined ? undefined : readPath(object, path);
  if (typeof selector === 'string') return selector;
  if (typeof selector !== 'object' || selector === null) return undefined;
  const isObject = 'matchLabels' in selector || 'matchExpressions' in selector;
  return formatSelector(
    isObject
      ? selectorFromObject(selector as LabelSelectorObject)
      : selectorFromMap(selector as Record<string, string>),
  );
}

function pathsOf({ subresources }: KindDescriptor): ScalePaths {
  if (!subresources.scale) throw methodNotAllowed();
  return subresources.scale;
}

/** `path` is dotted: `spec.replicas`. */
function readPath(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function writePath(object: object, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = object as Record<string, unknown>;
  for (const step of steps) {
    at[step] ??= {};
    at = at[step] as Record<string, unknown>;
  }
  at[last] = value;
}
