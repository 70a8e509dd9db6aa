/** The annotations and finalizers by which a volume and its claim tell how they came together (`storage/volume/pv_helpers.go`). */

/** Of a claim: it was bound completely once. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** Of a volume or claim: a controller bound it, not its maker. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** Of a claim: the node that the scheduler has chosen for its first consumer. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
/** Of a claim: the provisioner that is to make its volume; by the older name, too. */
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
/** Of a volume: the provisioner that made it. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** Of either: the CSI driver that acts in place of a plugin which Kubernetes itself once had. */
export const MIGRATED_TO = 'pv.kubernetes.io/migrated-to';
/** Of a volume that grew while it was mounted: its size before. */
export const PRE_RESIZE_CAPACITY = 'volume.alpha.kubernetes.io/pre-resize-capacity';

/** Of a claim: the driver that is to make its volume larger. */
export const STORAGE_RESIZER = 'volume.kubernetes.io/storage-resizer';

/** Keeps a volume until the plugin that made it has deleted what it stands for. */
export const IN_TREE_FINALIZER = 'kubernetes.io/pv-controller';
export const EXTERNAL_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';

/** The provisioner of classes whose volumes are made by hand. */
export const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
