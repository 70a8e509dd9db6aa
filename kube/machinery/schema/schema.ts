/**
 * The schema of a type, from which defaulting, pruning, field validation, strategic merge patch, managedFields,
 * server-side apply, OpenAPI and protobuf are done. Built-in types come from `kube/generated`; a
 * CustomResourceDefinition builds the same at run time.
 */
export type Schema = ScalarSchema | AnySchema | StructSchema | MapSchema | ListSchema;

export interface ScalarSchema {
  type:
    | 'string'
    | 'boolean'
    | 'integer'
    | 'number'
    | 'int-or-string'
    | 'quantity'
    | 'time'
    | 'micro-time'
    | 'duration'
    | 'bytes';
  /** OpenAPI format: int32, int64, double, byte, date-time. */
  format?: string;
  /** The name of the Go type where it is not the plain one, `core.v1.PullPolicy`: errors of decoding speak of it. */
  goType?: string;
}

/** Any JSON value, kept as it is (`RawExtension`, `FieldsV1`, preserve-unknown-fields). */
export interface AnySchema {
  type: 'any';
  /** The type with a form of its own, where the protobuf message matters. */
  form?: 'raw' | 'fields' | 'json' | 'schema-or-list' | 'schema-or-boolean' | 'schema-or-names';
}

export interface StructSchema {
  type: 'struct';
  /** The OpenAPI definition name, e.g. `io.k8s.api.core.v1.PodSpec`. */
  name: string;
  fields: ReadonlyMap<string, FieldSchema>;
  /** structType=atomic: one owner for the whole. */
  atomic?: boolean;
  /**
   * A field of a custom resource: no Go type stands behind it, so an empty text is a value like any other when
   * defaults are filled in, and so are the defaults of what was defaulted.
   */
  structural?: true;
  /** Fields that the schema does not name are kept (`x-kubernetes-preserve-unknown-fields`). */
  preservesUnknown?: boolean;
}

export interface FieldSchema {
  /** Resolved on first use, because types refer to each other. */
  readonly schema: Schema;
  required?: boolean;
  /** `x-kubernetes` default where the published schema states one. */
  default?: unknown;
  /** Protobuf field number. */
  number?: number;
  /** A type with a form of its own that Go holds by value: its message is written even when nothing is in it. */
  isValue?: true;
  /** Numbers of the protobuf messages around the field, outermost first: JSON inlines what protobuf nests. */
  within?: readonly number[];
  /** The Go structs that the field is inlined from, outermost first (`VolumeSource`): errors of decoding name them. */
  inlinedFrom?: readonly string[];
  /** Upstream prints the field even when it was not given (`resources: {}`, `port: 0`): no pointer, no omitempty. */
  always?: boolean;
  /**
   * Upstream prints null where it was not given, so that managers own it: a time, or a pointer without omitempty. The null
   * of a pointer is left out here, which clients read alike.
   */
  nullWhenUnset?: boolean;
  /** Upstream does not print the field when it is false, 0, '', [] or {}: no pointer, omitempty. */
  omitEmpty?: boolean;
  /** strategic merge: what `patchStrategy` says (`merge`, `replace`, `retainKeys`). */
  patchStrategy?: readonly string[];
  patchMergeKey?: string;
}

export interface MapSchema {
  type: 'map';
  values: Schema;
  atomic?: boolean;
  /** As of a scalar: `core.v1.ResourceList`. */
  goType?: string;
  /** The Go type of the keys where it is not `string`. */
  keyType?: string;
}

export interface ListSchema {
  type: 'list';
  items: Schema;
  listType: 'atomic' | 'set' | 'map';
  /** For `listType: 'map'`: the fields that make an item's key. */
  keys?: readonly string[];
  /** In protobuf, a message around the repeated field (`ExtraValue`). */
  wrapped?: boolean;
  /** As of a scalar: `apiextensions.v1.ValidationRules`. */
  goType?: string;
}
