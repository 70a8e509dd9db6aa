/** Types of the fields of a kind's descriptor that are about metadata. */

/** The policy of `metadata.generation` (in upstream's `PrepareForCreate` and `PrepareForUpdate`). */
export interface GenerationPolicy {
  /** The generation of a new object; 1 when left out. */
  initial?: 0 | 1;
  /**
   * The fields whose change raises it; `content` when left out: everything but metadata, and but the status where that
   * is a subresource. `labels` and `annotations` are those of metadata.
   */
  raisedBy?: readonly ('content' | 'labels' | 'annotations')[];
  /** Whether a list or map given empty differs from none, where upstream compares with `reflect.DeepEqual`. */
  exact?: boolean;
  /** Whether the object is compared as the client gave it, with fields that are dropped afterwards. */
  asGiven?: boolean;
}

export type MetadataPart =
  | 'labels'
  | 'annotations'
  | 'finalizers'
  | 'ownerReferences'
  | 'deletionTimestamp'
  | 'deletionGracePeriodSeconds'
  | 'generateName';

/** The parts of metadata that `ResetObjectMetaForStatus` keeps. */
export const ALL_METADATA: readonly MetadataPart[] = [
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
  'deletionTimestamp',
];
/** The parts of metadata that stay where a strategy keeps the old object's metadata as a whole. */
export const WHOLE_METADATA: readonly MetadataPart[] = [...ALL_METADATA, 'deletionGracePeriodSeconds', 'generateName'];

/** `Unsupported`: no delete sets the garbage collector's finalizers, whatever it asks for. */
export type GarbageCollectionPolicy = 'DeleteDependents' | 'OrphanDependents' | 'Unsupported';

/** `long-name` is a subdomain in the words of declared rules, `path-segment` for RBAC-like names, `ip` for objects that are called by their address. */
export type NameRule = 'dns-subdomain' | 'long-name' | 'dns-label' | 'dns-label-1035' | 'path-segment' | 'ip';
