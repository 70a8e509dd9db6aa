/** `…/scale` as autoscaling/v1 Scale (upstream `pkg/registry/apps/deployment/storage/storage.go` ScaleREST). */
import { ageColumn, countColumn, nameColumn } from '../../../kube/kinds/columns/column.ts';
import type { KindDescriptor, ScalePaths } from '../../../kube/kinds/define.ts';
import { validateMetadata } from '../../../kube/kinds/metadata.ts';
import { validateNonNegative } from '../../../kube/kinds/validation/fields.ts';
import { updateManagedFields } from '../../../kube/machinery/apply/managed-fields.ts';
import { managersOfParent, managersOfScale, type ReplicasOf } from '../../../kube/machinery/apply/scale-fields.ts';
import { setOfPaths } from '../../../kube/machinery/apply/sets/field-set.ts';
import { copyJson } from '../../../kube/machinery/copy.ts';
import { entryOf, setOwn } from '../../../kube/machinery/entries.ts';
import { sameJson } from '../../../kube/machinery/equality.ts';
import { parseExact } from '../../../kube/machinery/exact-json.ts';
import type { Json, KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import type { PatchType } from '../../../kube/machinery/patch/index.ts';
import { isMap } from '../../../kube/machinery/patch/merge.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import type { StructSchema } from '../../../kube/machinery/schema/schema.ts';
import {
  formatSelector,
  type LabelSelectorObject,
  selectorFromMap,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import type { Stored } from '../../store/store.ts';
import { Attributes } from '../admission/attributes.ts';
import { type Call, type ObjectAnswer, targetKey } from '../call.ts';
import { converting } from '../conversion/converting.ts';
import { ApiError, badRequest, internalError, invalid, methodNotAllowed, notFound } from '../errors.ts';
import { patchBody, patched, patchType } from '../verbs/patch.ts';
import { appliedObject, readConfig } from '../write/applied.ts';
import { commitWrite, type Proposal } from '../write/commit.ts';
import { type Decodable, decodeObject } from '../write/decode.ts';
import { matchName, matchNamespace } from '../write/metadata.ts';
import { type FieldValidation, parseWriteOptions, type WriteOptions } from '../write/options.ts';
import { dedupOwnerReferences } from '../write/owner-references.ts';
import { proposeUpdate, readStored } from '../write/propose-update.ts';
import { trackingOf } from '../write/track-fields.ts';
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

/** `ValidateScale` */
const RULES = { nameRule: 'dns-subdomain', scope: 'Namespaced', generateNameRule: 'always' } as const;

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas?: number };
}

/** Upstream's `printScale`. */
const COLUMNS = [
  { ...nameColumn, format: undefined },
  countColumn<Scale>('Desired', 'How many there should be.', ({ spec }) => spec?.replicas),
  countColumn<Scale>('Available', 'How many there are.', ({ status }) => status?.replicas),
  ageColumn,
];

/** Upstream's server of definitions has an age that is a date (apiextensions `pkg/apiserver/helpers.go`). */
const CUSTOM_COLUMNS = [nameColumn, ...COLUMNS.slice(1, -1), { ...ageColumn, type: 'date' as const }];

const columnsOf = (call: Call): typeof COLUMNS => (isCustom(call) ? CUSTOM_COLUMNS : COLUMNS);

export const scale: Subresource = { get: read, update: write, patch: write };

function read(call: Call): ObjectAnswer | Promise<ObjectAnswer> {
  const { server, kind, info } = call;
  const stored = server.store.get(targetKey(call));
  if (!stored) throw notFound(kind.resource, info.name);
  return converting(call, () => {
    const object = readStored(call, stored.text);
    const path = missingReplicas(call, object);
    if (path !== undefined) throw internalError(`the spec replicas field ${JSON.stringify(path)} does not exist`);
    return { type: 'object', code: 200, text: scaleText(call.kind, object), columns: columnsOf(call) };
  });
}

/** The path, with its dot, where a custom resource does not say how many there are to be. */
function missingReplicas(call: Call, object: KubeObject): string | undefined {
  const { specReplicas } = pathsOf(call.kind);
  const isMissing = isCustom(call) && readPath(object, specReplicas) === undefined;
  return isMissing ? `.${specReplicas}` : undefined;
}

/** Stands for what is missing: the least int32, as upstream. */
const NO_REPLICAS = -2147483648;

async function write(call: Call): Promise<ObjectAnswer> {
  const { kind, info } = call;
  const { options, desired } = wanted(call);
  const { text } = await commitWrite(call, {
    ...updateRequest(call, options),
    expect: 'present',
    operations: ['UPDATE'],
    propose(current) {
      if (!current) throw notFound(kind.resource, info.name);
      return proposeScale(call, options, desired, current);
    },
  });
  return converting(call, () => ({
    type: 'object',
    code: 200,
    text: scaleText(kind, readStored(call, text)),
    columns: columnsOf(call),
  }));
}

/** Plugins are shown the Scales; the object that is scaled is made from the one that they leave. */
function proposeScale(call: Call, options: WriteOptions, desired: DesiredScale, current: Stored): Proposal {
  const old = readStored(call, current.text);
  const replicasOf = replicasIn(call);
  const missing = missingReplicas(call, old);
  const text = scaleText(call.kind, old, missing === undefined ? undefined : NO_REPLICAS);
  const oldObject = parseExact(text) as Scale;
  const managers = managersOfScale(old.metadata.managedFields, replicasOf);
  if (managers.length > 0) oldObject.metadata.managedFields = managers;
  const scale = desired(oldObject);
  const attributes = new Attributes(call, { operation: 'UPDATE', object: scale, oldObject, kind: SCALE, options });
  let update: Proposal | undefined;
  return {
    attributes,
    settle() {
      if (isCustom(call) && scale.spec?.replicas === NO_REPLICAS) {
        const path = missing ?? `.${pathsOf(call.kind).specReplicas}`;
        throw badRequest(`the spec replicas field ${JSON.stringify(path)} cannot be empty`);
      }
      const object = copyJson(old);
      rescale(call, object, scale);
      const { managedFields } = scale.metadata;
      object.metadata.managedFields = managersOfParent(
        old.metadata.managedFields,
        managedFields,
        replicasOf,
        call.kind.apiVersion,
      );
      update = proposeUpdate({ call, options, isTracked: true }, object, current, old);
      update.settle?.();
    },
    next: (context) => update?.next(context) ?? 'unchanged',
  };
}

/** Makes the wanted Scale, with its managers, from the present one, which stays as it is. */
type DesiredScale = (old: Scale) => Scale;

function wanted(call: Call): { options: WriteOptions; desired: DesiredScale } {
  const isPatch = call.info.verb === 'patch';
  const type = isPatch ? patchType(call) : undefined;
  const options = parseWriteOptions(call.query, isPatch ? 'PatchOptions' : 'UpdateOptions', type === 'apply');
  if (type === 'apply') return { options, desired: appliedScale(call, options) };
  const made = type ? patchedScale(call, type, options) : decodedScale(call, options);
  return {
    options,
    desired(old) {
      const scale = made(old);
      scale.metadata.managedFields = updateManagedFields({ ...trackingOf(call, DECODED), before: old, after: scale });
      return scale;
    },
  };
}

function decodedScale(call: Call, { fieldValidation }: WriteOptions): DesiredScale {
  const object = decodeBody(call, fieldValidation);
  matchName(call, object);
  dedupOwnerReferences(object, call.warnings, false);
  return () => structuredClone(object) as Scale;
}

/** Upstream's typer of custom resources knows no Scale, and says so of every body that cannot be decoded. */
function decodeBody(call: Call, fieldValidation: FieldValidation): KubeObject {
  try {
    return decodeObject(call, DECODED, fieldValidation);
  } catch (error) {
    if (!isCustom(call) || !(error instanceof ApiError) || error.code !== 400) throw error;
    throw badRequest('no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"');
  }
}

function patchedScale(call: Call, type: PatchType, { fieldValidation }: WriteOptions): DesiredScale {
  const body = patchBody(call, type);
  const patch = { type, body, directive: fieldValidation };
  // A patch may name the managers.
  return (old) => patched(call, DECODED, patch, old as unknown as Json) as Scale;
}

function appliedScale(call: Call, options: WriteOptions): DesiredScale {
  const config = readConfig(call);
  const tracking = trackingOf(call, DECODED);
  return (old) => {
    const isTracked = (old.metadata.managedFields ?? []).length > 0;
    if (isCustom(call) && !isTracked) throw unconverted('failed to create manager for existing fields: ', 'live', '/');
    const scale = appliedObject(call, DECODED, { tracking, config, options, live: structuredClone(old) });
    const given = config.parse() as Partial<Scale>;
    // A Scale does not print that it is to be none: to give that changes it.
    if (isCustom(call) && (given.spec?.replicas === 0 || !sameJson(scale.spec, old.spec))) {
      const { namespace = '', name = '' } = given.metadata ?? {};
      throw unconverted('', 'new', `${namespace}/${name}`);
    }
    matchNamespace(call, scale);
    matchName(call, scale);
    return scale as Scale;
  };
}

/** Upstream cannot make the Scale of a custom resource from an applied one: only one that changes nothing succeeds. */
function unconverted(prefix: string, which: string, name: string): ApiError {
  const why = 'request to convert CR to an invalid group/version: autoscaling/v1';
  const what = `failed to convert ${which} object (${name}; autoscaling/v1, Kind=Scale) to proper version`;
  return new ApiError('', `${prefix}${what}: ${why}`);
}

function isCustom({ kind }: Call): boolean {
  return (kind.schema as StructSchema).structural === true;
}

/** Where the kind's versions keep their replicas. */
function replicasIn({ server, kind, storage }: Call): ReplicasOf {
  return (apiVersion) => {
    const found = server.kinds.findKind(apiVersion, kind.kind);
    if (!found || found.storage !== storage) return undefined;
    const path = found.kind.subresources.scale?.specReplicas;
    return path === undefined ? null : setOfPaths([path]);
  };
}

/** Upstream judges the Scale of a built-in kind; of a custom resource, which may be of no namespace, the object alone. */
function rescale(call: Call, object: KubeObject, { metadata, spec }: Scale): void {
  const { kind, info } = call;
  const replicas = spec?.replicas ?? 0;
  if (!isCustom(call)) {
    const errors = [...validateMetadata(metadata, RULES), ...validateNonNegative(replicas, 'spec.replicas')];
    if (errors.length > 0) throw invalid('Scale.autoscaling', info.name, errors);
  }
  if (metadata.resourceVersion) object.metadata.resourceVersion = metadata.resourceVersion;
  object.metadata.uid = metadata.uid || object.metadata.uid;
  writePath(object, pathsOf(kind).specReplicas, replicas);
}

/** `replicas`: in place of what the object says. */
function scaleText(kind: KindDescriptor, object: KubeObject, replicas?: number): string {
  const paths = pathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata: ObjectMeta = { name, namespace, uid, resourceVersion, creationTimestamp };
  return JSON.stringify({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: { replicas: (replicas ?? readPath(object, paths.specReplicas)) || undefined },
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

/** `path` is dotted: `spec.replicas`. A definition may name any field: `__proto__` is one like any other. */
function readPath(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split('.')) value = isMap(value) ? entryOf<unknown>(value, step) : undefined;
  return value;
}

/** Throws where something on the way is no object, in upstream's words (`SetNestedField` of apimachinery `unstructured`). */
function writePath(object: KubeObject, path: string, value: number): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let at = object as unknown as Record<string, Json>;
  for (const [i, step] of steps.entries()) {
    const inner = entryOf(at, step);
    if (inner === undefined) setOwn(at, step, {});
    else if (!isMap(inner)) {
      const where = steps.slice(0, i + 1).map((name) => `.${name}`);
      throw new ApiError('', `value cannot be set because ${where.join('')} is not a map[string]interface{}`);
    }
    at = entryOf(at, step) as Record<string, Json>;
  }
  setOwn(at, last, value);
}
