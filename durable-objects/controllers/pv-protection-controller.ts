/** pv-protection-controller (upstream `pkg/controller/volume/pvprotection`): a volume that is bound stays. */
import type { PersistentVolume } from '../../kube/types.ts';
import { concernsProtection, protect } from './common/protection.ts';
import { defineController } from './runtime/controller.ts';

const FINALIZER = 'kubernetes.io/pv-protection';

export const pvProtectionController = defineController({
  name: 'pv-protection-controller',
  for: 'persistentvolumes',
  filter: concernsProtection(FINALIZER),
  reconcile: (key, view) => protect<PersistentVolume>(view, key, FINALIZER, ({ status }) => status?.phase === 'Bound'),
});
