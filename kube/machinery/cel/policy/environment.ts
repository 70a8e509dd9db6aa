/** The variables and functions of admission policies' expressions (apiserver `pkg/admission/plugin/cel/compile.go`). */
import type { Environment, FieldsOf } from '../check/names.ts';
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
  type TypeKind,
} from '../check/type.ts';
import { FUNCTIONS, withLibraries } from '../library/index.ts';
import { JSON_PATCH_LIBRARY, mutationFields } from '../mutation/types.ts';

type Fields = ReadonlyMap<string, Type>;

const fields = (types: Readonly<Record<string, Type>>): Fields => new Map(Object.entries(types));
const KIND = structType('kubernetes.GroupVersionKind');
const RESOURCE = structType('kubernetes.GroupVersionResource');
const STRINGS = listOf(STRING);

/** The name of the type whose fields are the policy's variables. */
const VARIABLES = 'kubernetes.variables';

const OBJECTS: ReadonlyMap<string, Fields> = new Map([
  ['kubernetes.GroupVersionKind', fields({ group: STRING, version: STRING, kind: STRING })],
  ['kubernetes.GroupVersionResource', fields({ group: STRING, version: STRING, resource: STRING })],
  ['kubernetes.UserInfo', fields({ username: STRING, uid: STRING, groups: STRINGS, extra: mapOf(STRING, STRINGS) })],
  [
    'kubernetes.AdmissionRequest',
    fields({
      kind: KIND,
      resource: RESOURCE,
      subResource: STRING,
      requestKind: KIND,
      requestResource: RESOURCE,
      requestSubResource: STRING,
      name: STRING,
      namespace: STRING,
      operation: STRING,
      userInfo: structType('kubernetes.UserInfo'),
      dryRun: BOOL,
      options: DYN,
    }),
  ],
  ['kubernetes.NamespaceSpec', fields({ finalizers: STRINGS })],
  [
    'kubernetes.NamespaceCondition',
    fields({ status: STRING, type: STRING, lastTransitionTime: TIMESTAMP, message: STRING, reason: STRING }),
  ],
  [
    'kubernetes.NamespaceStatus',
    fields({ conditions: listOf(structType('kubernetes.NamespaceCondition')), phase: STRING }),
  ],
  [
    'kubernetes.NamespaceMetadata',
    fields({
      name: STRING,
      generateName: STRING,
      namespace: STRING,
      labels: mapOf(STRING, STRING),
      annotations: mapOf(STRING, STRING),
      UID: STRING,
      creationTimestamp: TIMESTAMP,
      deletionGracePeriodSeconds: INT,
      deletionTimestamp: TIMESTAMP,
      generation: INT,
      resourceVersion: STRING,
      finalizers: STRINGS,
    }),
  ],
  [
    'kubernetes.Namespace',
    fields({
      metadata: structType('kubernetes.NamespaceMetadata'),
      spec: structType('kubernetes.NamespaceSpec'),
      status: structType('kubernetes.NamespaceStatus'),
    }),
  ],
]);

export interface PolicyOptions {
  /** The policy has a paramKind. */
  params: boolean;
  authorizer: boolean;
  /** Types of the policy's variables so far; undefined where it has none. */
  variables?: Fields | undefined;
  /** `Object` and `JSONPatch` can be made. */
  patches?: boolean;
  /**
   * The types of objects and parameters, where they are known; upstream then declares no check of the request's
   * resource.
   */
  typed?: { object: Type; params: Type; fieldsOf: FieldsOf };
}

/** The type of a variable's field: that of an object is not kept (`convertCelTypeToDeclType`). */
export function variableType(type: Type): Type {
  if (type.kind === 'list' || type.kind === 'map') return { ...type, params: type.params.map(variableType) };
  return KEPT.has(type.kind) ? type : DYN;
}

const KEPT: ReadonlySet<TypeKind> = new Set([
  'any',
  'bool',
  'bytes',
  'double',
  'duration',
  'int',
  'null',
  'string',
  'timestamp',
  'uint',
]);

const PATCH_FUNCTIONS = withLibraries(FUNCTIONS, [JSON_PATCH_LIBRARY]);

export function policyEnvironment({
  params,
  authorizer,
  variables,
  patches = false,
  typed,
}: PolicyOptions): Environment {
  const declared: [string, Type][] = [
    ['object', typed?.object ?? DYN],
    ['oldObject', typed?.object ?? DYN],
    ['request', structType('kubernetes.AdmissionRequest')],
    ['namespaceObject', structType('kubernetes.Namespace')],
  ];
  if (params) declared.push(['params', typed?.params ?? DYN]);
  if (authorizer) declared.push(['authorizer', structType('kubernetes.authorization.Authorizer')]);
  if (authorizer && !typed) {
    declared.push(['authorizer.requestResource', structType('kubernetes.authorization.ResourceCheck')]);
  }
  if (variables) declared.push(['variables', structType(VARIABLES)]);
  return {
    functions: patches ? PATCH_FUNCTIONS : FUNCTIONS,
    variables: new Map(declared),
    fieldsOf: (type) =>
      type === VARIABLES
        ? variables
        : ((patches ? mutationFields(type) : undefined) ?? OBJECTS.get(type) ?? typed?.fieldsOf(type)),
  };
}
