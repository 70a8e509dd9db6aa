/**
 * The claims whose bound volume names a Secret that a kubelet needs to mount it (upstream
 * `pkg/api/v1/persistentvolume/util.go` VisitPVSecretNames): an index kept from commits, made when it is first asked.
 */
import { type Key, keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { PersistentVolume } from '../../../kube/types.ts';
import type { Store } from '../../store/store.ts';

const VOLUMES = keyPrefix('persistentvolumes');
const NO_CLAIMS: readonly Key[] = [];

interface Indexed {
  claim: Key;
  secrets: readonly Key[];
}

export class VolumeSecrets {
  readonly #store: Pick<Store, 'scan'>;
  #volumes: Map<Key, Indexed> | undefined;

  constructor(store: Pick<Store, 'scan' | 'onCommit' | 'onRollback'>) {
    this.#store = store;
    store.onCommit(
      (entries) => {
        if (!this.#volumes) return;
        for (const { key, change, text } of entries) {
          this.#put(this.#volumes, key, change === 'delete' ? undefined : text);
        }
      },
      [VOLUMES.slice(0, -1)],
    );
    store.onRollback(() => {
      this.#volumes = undefined;
    });
  }

  /** Volumes with secrets are few, so all of them are looked through. */
  claimsOf(secret: Key): readonly Key[] {
    if (!this.#volumes) {
      this.#volumes = new Map();
      for (const { key, text } of this.#store.scan({ prefix: VOLUMES })) this.#put(this.#volumes, key, text);
    }
    if (this.#volumes.size === 0) return NO_CLAIMS;
    return [...this.#volumes.values()].filter(({ secrets }) => secrets.includes(secret)).map(({ claim }) => claim);
  }

  #put(volumes: Map<Key, Indexed>, key: Key, text: string | undefined): void {
    volumes.delete(key);
    if (!text?.includes('"claimRef":{') || !/[sS]ecret(Ref|Name)"/.test(text)) return;
    const { spec } = JSON.parse(text) as PersistentVolume;
    const { namespace = '', name = '' } = spec?.claimRef ?? {};
    const secrets = secretsOf(spec ?? {}, namespace);
    const claim = keyOf('persistentvolumeclaims', namespace, name);
    if (secrets.length > 0) volumes.set(key, { claim, secrets });
  }
}

type Spec = NonNullable<PersistentVolume['spec']>;

/** `claimNamespace` is that of references without one. */
function secretsOf(spec: Spec, claimNamespace: string): Key[] {
  const { azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = spec;
  const references = [
    azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
    ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].map((source) => source?.secretRef),
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    csi?.nodeExpandSecretRef,
  ];
  return references.flatMap((reference) =>
    reference?.name ? [keyOf('secrets', reference.namespace || claimNamespace, reference.name)] : [],
  );
}
