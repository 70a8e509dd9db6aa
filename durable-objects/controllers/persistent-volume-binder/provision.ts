/** Asks for the volume of a claim that none fits (`provisionClaim`). */
import type { StorageClass } from '../../../kube/types.ts';
import { BETA_STORAGE_PROVISIONER, STORAGE_PROVISIONER } from '../../../kube/volumes/annotations.ts';
import { driverInPlaceOf, migratedAnnotations } from '../../../kube/volumes/migration.ts';
import type { Claim, Draft } from './binding.ts';
import { HOST_PATH, IN_TREE, lacking } from './plugins.ts';

export function provision(claim: Claim, className: string, storageClass: StorageClass | undefined, draft: Draft): void {
  const fail = (message: string): void =>
    draft.event(claim, { type: 'Warning', reason: 'ProvisioningFailed', message });
  if (!storageClass) {
    fail(`storageclass.storage.k8s.io ${JSON.stringify(className)} not found`);
    return;
  }
  const { provisioner } = storageClass;
  const driver = driverInPlaceOf(provisioner);
  if (driver === undefined && provisioner.startsWith(IN_TREE)) {
    const why = lacking('provisionable', provisioner) ?? hostPathRefusal(claim, storageClass, draft);
    fail(why);
    return;
  }
  const by = driver ?? provisioner;
  const marked = setProvisioner(claim, by, draft);
  const message =
    `Waiting for a volume to be created either by the external provisioner '${by}' or manually by the system ` +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  draft.event(marked, { type: 'Normal', reason: 'ExternalProvisioning', message });
}

function hostPathRefusal(claim: Claim, { metadata, mountOptions }: StorageClass, draft: Draft): string {
  if (claim.spec?.dataSource) {
    return `plugin "${HOST_PATH}" is not a CSI plugin. Only CSI plugin can provision a claim with a datasource`;
  }
  setProvisioner(claim, HOST_PATH, draft);
  if (mountOptions?.length) {
    const name = JSON.stringify(metadata.name);
    const options = mountOptions.join(' ');
    return `Mount options are not supported by the provisioner but StorageClass ${name} has mount options [${options}]`;
  }
  return `Failed to create provisioner: provisioning in volume plugin "${HOST_PATH}" is disabled`;
}

/** The annotations by which the provisioner finds the claim. */
function setProvisioner(claim: Claim, name: string, draft: Draft): Claim {
  const { annotations: before } = claim.metadata;
  if (before?.[STORAGE_PROVISIONER] === name) return claim;
  const annotations = { ...before, [BETA_STORAGE_PROVISIONER]: name, [STORAGE_PROVISIONER]: name };
  const migrated = migratedAnnotations(annotations, name) ?? annotations;
  return draft.update({ ...claim, metadata: { ...claim.metadata, annotations: migrated } });
}
