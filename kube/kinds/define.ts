/** A kind is one file: {@link defineKind} on top of its schema. `index.ts` is the one table of all of them. */
import type { FieldError } from '../machinery/field-error.ts';
import type { KubeObject } from '../machinery/object.ts';
import { type GroupResource, groupResource } from '../machinery/resource.ts';
import type { Schema } from '../machinery/schema/schema.ts';
import type { ConversionAnswers, ConversionWebhook } from './custom/conversion-webhook.ts';
import type { CustomParts } from './custom/custom-kind.ts';
import type { GarbageCollectionPolicy, GenerationPolicy, MetadataPart, NameRule } from './metadata-policy.ts';

export type Cell = string | number | bigint | boolean | null;

/** One column of `kubectl get` (metav1.TableColumnDefinition and how its cell is made). */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description: string;
  /** 0 is always shown; 1 only with `-o wide`. */
  priority: number;
  /** The cell. `now` is in milliseconds since the epoch. Must not throw on odd stored objects. */
  cell(object: KubeObject, now: number): Cell;
}

/** The author and time of a write. */
export interface Writer {
  user: {
    name: string;
    uid?: string;
    groups: readonly string[];
    extra?: Readonly<Record<string, readonly string[]>>;
  };
  /** RFC 3339, whole seconds. */
  now: string;
  /** The subresource that is written; '' and left out are the object itself. */
  subresource?: string;
  /** A text for a `Warning` header. */
  warn(text: string): void;
}

/**
 * Rules beyond the schema (upstream's `registry/<group>/<kind>/strategy.go`). All hooks are pure: they may change the
 * object they are handed (a private copy) and nothing else. `old` is never changed.
 */
export interface Strategy<T extends KubeObject = KubeObject> {
  /** Fill in defaults (`pkg/apis/<group>/<version>/defaults.go`). Idempotent. Runs on each write and after patches. */
  applyDefaults?(object: T): void;
  /** The error of upstream's conversion from the version that clients see; undefined where it succeeds. */
  unreadable?(object: T): string | undefined;
  /** Drop what a client may not set on create. The generic verb has done metadata and reset `status`. */
  prepareForCreate?(object: T, by: Writer): void;
  /** Carry over what a client may not change. The generic verb has kept `status`. */
  prepareForUpdate?(object: T, old: T, by?: Writer): void;
  prepareForStatusUpdate?(object: T, old: T, by: Writer): void;
  /** `old`, on update: what it has may stay where a rule has become stricter. */
  validate?(object: T, old?: T): FieldError[];
  validateUpdate?(object: T, old: T): FieldError[];
  /** The errors of {@link validateUpdate} come before those of {@link validate}. */
  changesFirst?: true;
  validateStatusUpdate?(object: T, old: T): FieldError[];
  /** Other subresources through which a part of the object is changed, by name. */
  subresources?: Readonly<Record<string, SubresourceStrategy<T>>>;
  /** Texts for the `Warning` header. */
  warnings?(object: T, old?: T): string[];
  /** Texts for the `Warning` header of an update of the status. */
  statusWarnings?(object: T): string[];
  /**
   * Seconds of grace that a delete gives, `requested` being what it named, if anything (`CheckGracefulDelete`); without
   * this, objects of the kind are deleted at once. The answer counts even where the delete named another: a pod that no
   * node has is gone at once.
   */
  checkGracefulDelete?(object: T, requested?: number): number;
  /** Leaves on an object what its end needs, as the first delete marks it. `now` is RFC 3339. */
  beginDelete?(object: T, now: string): void;
  /** Why the object of this name is not deleted when a delete names it; undefined when it may be. */
  refuseDelete?(name: string): string | undefined;
  /** The order of a table's rows, where it is not that of names. */
  compareRows?(a: T, b: T): number;
}

export interface SubresourceStrategy<T extends KubeObject = KubeObject> {
  /** Carry over everything but the part. */
  prepareForUpdate(object: T, old: T, by: Writer): void;
  validateUpdate(object: T, old: T): FieldError[];
}

/** JSON paths of the scale subresource, without the leading dot. */
export interface ScalePaths {
  specReplicas: string;
  statusReplicas: string;
  /** A path to a LabelSelector object, text, or plain map; printed as text in `status.selector`. */
  selector?: string;
}

export interface Subresources {
  status?: true;
  scale?: ScalePaths;
  /** The others, by their name in the path, as discovery lists them: `log`, `binding`, `eviction` … */
  others?: Readonly<Record<string, OtherSubresource>>;
}

export interface OtherSubresource {
  kind: string;
  /** Group and version of that kind, where they aren't the resource's own. */
  group?: string;
  version?: string;
  verbs: readonly string[];
}

/**
 * The support for writes of this kind today: `acted-on` (something reconciles it), `stored` (kept, with a `Warning` that
 * nothing acts on it yet).
 */
export type Support = 'acted-on' | 'stored';

/**
 * For a kind that is another view of a stored one: Events of events.k8s.io are kept as core ones, autoscaling/v1 HPAs
 * as v2's. Columns, selectable fields and the strategy take the kind's own form.
 */
export interface StoredAs<T extends KubeObject = KubeObject> {
  /** The resource and apiVersion it is kept under. */
  resource: GroupResource;
  apiVersion: string;
  /** Whether a stored text is in this kind's form already, so that it need not be read. */
  isCurrent?(text: string): boolean;
  /** Whether a stored text is as it would be stored now; where this is left out, all are. */
  isStored?(text: string): boolean;
  /**
   * Pure; an object that has the stored form already is answered as it is. Where a webhook converts, `answers` are those
   * that it has given, and ConversionNeeded is thrown for what it was not asked yet.
   */
  toStored(object: T, answers?: ConversionAnswers): KubeObject;
  fromStored(stored: KubeObject, answers?: ConversionAnswers): T;
  /** The same, of an object that is the caller's to change. */
  takeStored?(stored: KubeObject, answers?: ConversionAnswers): T;
  /** Where a webhook converts. */
  remote?: RemoteConversion;
}

/** The parts of a conversion before and after its webhook is asked. Both change the object that they are given. */
export interface RemoteConversion {
  webhook: ConversionWebhook;
  /** A stored object with the fields and defaults of the version that it is stored in, which may be the wanted one. */
  begin(stored: KubeObject): KubeObject;
  /** The webhook's object with the fields of this version. */
  finish(converted: KubeObject): KubeObject;
}

export interface KindDefinition<T extends KubeObject = KubeObject> {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular?: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
  scope: 'Namespaced' | 'Cluster';
  /** Verbs in discovery; the generic eight when left out. */
  verbs?: readonly string[];
  support: Support;
  /** Left out where objects of the kind have no generation; `true` is 1 at first, and raised by content. */
  generation?: true | GenerationPolicy;
  /**
   * Paths of fields that an endpoint does not let a client set, and therefore own (upstream's `GetResetFields`), by
   * subresource, '' for the object itself. Where the status is a subresource: `status` there, and `spec` through it.
   */
  resetFields?: Readonly<Record<string, readonly string[]>>;
  /** Parts of metadata that an update of the status cannot change; none when left out. */
  statusKeeps?: readonly MetadataPart[];
  /** A create keeps the status that the client gives. */
  keepStatusOnCreate?: boolean;
  /** A PUT of an object that does not exist creates it. */
  allowCreateOnUpdate?: boolean;
  /** An apply to the status of an object that does not exist creates it: upstream's StatusREST lets it. */
  statusApplyCreates?: boolean;
  /** A PUT need not say which resourceVersion it replaces; true when left out. */
  allowUnconditionalUpdate?: boolean;
  /** Strategic merge patches are taken; true when left out. A custom resource has no merge keys. */
  strategicMergePatch?: boolean;
  /** A DELETE answers the object that is gone, not a Status. */
  returnDeletedObject?: boolean;
  /** The fate of dependents when a DELETE does not say; `DeleteDependents` when left out. */
  defaultGarbageCollectionPolicy?: GarbageCollectionPolicy;
  /** The text of a `Warning` on every request for the kind. */
  deprecationWarning?: string;
  /** The text of a `Warning` on a DELETE that does not say what becomes of dependents. */
  orphanWarning?: string;
  columns: readonly Column[];
  /** Annotations that upstream's conversion makes of fields: Tables and answers of metadata alone do not have them. */
  fieldAnnotations?: readonly string[];
  /** The part of an object's stored text that clients see, where it is less (upstream's `Decorator`); patches see all. */
  shownText?: (text: string) => string;
  subresources?: Subresources;
  /** Field selectors beyond metadata.name and metadata.namespace, with the object's value as text. */
  selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** The writes on which the rule for names is asked of `generateName`, too; `always` when left out. */
  generateNameRule?: 'always' | 'create' | 'never';
  /** The rules of a new object's metadata count only where the kind's own find nothing. */
  metadataLast?: boolean;
  /** Finalizers need not have a domain, or be one of those that are known: in any write, or in those of the status. */
  freeFinalizers?: boolean | 'in-status';
  /** The error for a field selector of another field, where upstream's conversion has words of its own. */
  unknownField?: (field: string) => string;
  /** The rule for names; `dns-subdomain` when left out. */
  nameRule?: NameRule;
  storedAs?: StoredAs<T>;
  /** The version that upstream stores the kind in, where it is another: clients see it as a hash in discovery. */
  storageVersion?: string;
  strategy?: Strategy<T>;
}

type WithoutDefault =
  | 'strategy'
  | 'subresources'
  | 'selectableFields'
  | 'storedAs'
  | 'storageVersion'
  | 'generation'
  | 'deprecationWarning'
  | 'orphanWarning'
  | 'unknownField'
  | 'fieldAnnotations'
  | 'shownText';

export interface KindDescriptor extends Required<Omit<KindDefinition, WithoutDefault>> {
  resource: GroupResource;
  /** `v1` or `apps/v1`. */
  apiVersion: string;
  listKind: string;
  schema: Schema;
  /** The parts that a kind has only where a CustomResourceDefinition describes it. */
  custom?: CustomParts;
  generation?: Required<GenerationPolicy>;
  deprecationWarning?: string;
  orphanWarning?: string;
  unknownField?: (field: string) => string;
  fieldAnnotations?: readonly string[];
  shownText?: (text: string) => string;
  subresources: Subresources;
  selectableFields: Readonly<Record<string, (object: KubeObject) => string>>;
  storedAs?: StoredAs;
  storageVersion?: string;
  strategy: Strategy;
}

const STATUS_RESETS = { '': ['status'], status: ['spec'] };
/** Of the kinds whose status update keeps all of metadata. */
export const STATUS_RESETS_METADATA = { '': ['status'], status: ['metadata', 'spec'] };

const GENERIC_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;

/** A descriptor before the table has joined it to its schema. */
export type DefinedKind = Omit<KindDescriptor, 'schema'>;

/** Fills in what a definition leaves out. `schema` is resolved by the table, from `kube/generated`. */
export function defineKind<T extends KubeObject>(definition: KindDefinition<T>): DefinedKind {
  const { group, version, kind, plural, generation } = definition;
  return {
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    verbs: GENERIC_VERBS,
    nameRule: 'dns-subdomain',
    statusKeeps: [],
    keepStatusOnCreate: false,
    allowCreateOnUpdate: false,
    statusApplyCreates: false,
    allowUnconditionalUpdate: true,
    strategicMergePatch: true,
    returnDeletedObject: false,
    freeFinalizers: false,
    metadataLast: false,
    generateNameRule: 'always',
    resetFields: definition.subresources?.status ? STATUS_RESETS : {},
    defaultGarbageCollectionPolicy: 'DeleteDependents',
    ...(definition as unknown as KindDefinition),
    generation: generation && {
      initial: 1,
      raisedBy: ['content'],
      exact: false,
      asGiven: false,
      ...(generation === true ? {} : generation),
    },
    resource: groupResource(group, plural),
    apiVersion: group === '' ? version : `${group}/${version}`,
    listKind: `${kind}List`,
    subresources: definition.subresources ?? {},
    selectableFields: (definition.selectableFields ?? {}) as KindDescriptor['selectableFields'],
    strategy: (definition.strategy ?? {}) as Strategy,
  };
}
