/**
 * Pods run as a service account that exists (upstream `plugin/pkg/admission/serviceaccount`).
 * The token volume is not mounted yet: it comes with projected service account tokens.
 */
import { namesSecrets } from '../../../kube/kinds/core/pod-spec/api-references.ts';
import { isMirrorPod } from '../../../kube/kinds/core/static-pods.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Pod, ServiceAccount } from '../../../kube/types.ts';
import type { Attributes } from './attributes.ts';
import { type Plugin, refuse } from './plugin.ts';

const DEFAULT = 'default';
/**
 * Upstream asks ten times, 100 to 200 ms apart: a controller makes the default account a moment after its namespace.
 */
const MAX_WAIT_MS = 1500;
const INTERVAL_MS = 15;

function concernedPod({ call, operation, subresource, object }: Attributes): Pod | undefined {
  if (call.kind.resource !== 'pods' || operation !== 'CREATE' || subresource !== '' || !object) return undefined;
  const pod = object as unknown as Pod;
  return isMirrorPod(pod) ? undefined : pod;
}

function accountOf(pod: Pod): string {
  return pod.spec?.serviceAccountName || pod.spec?.serviceAccount || DEFAULT;
}

export const serviceAccount: Plugin = {
  name: 'ServiceAccount',

  prepare(attributes) {
    const pod = concernedPod(attributes);
    if (!pod || accountOf(pod) !== DEFAULT) return undefined;
    const { reader, namespace, call } = attributes;
    const key = keyOf('serviceaccounts', namespace, DEFAULT);
    // A namespace that isn't there will never get one: NamespaceLifecycle says so.
    if (reader.get(key) || !reader.get(keyOf('namespaces', '', namespace))) return undefined;
    return (async () => {
      for (let waited = 0; waited < MAX_WAIT_MS && !reader.get(key); waited += INTERVAL_MS) {
        await call.server.sleep(INTERVAL_MS);
      }
    })();
  },

  mutate(attributes) {
    // Upstream's Admit asks its Validate, so that what it refuses is refused before other plugins look at the pod.
    checkMirrorPod(attributes);
    const pod = concernedPod(attributes);
    if (!pod?.spec) return;
    const name = accountOf(pod);
    pod.spec.serviceAccountName = name;
    // The deprecated alias follows, as upstream's conversion makes it.
    pod.spec.serviceAccount = name;
    const { namespace, reader } = attributes;
    const stored = reader.get(keyOf('serviceaccounts', namespace, name));
    if (!stored) {
      throw refuse(
        attributes,
        `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
      );
    }
    if (pod.spec.imagePullSecrets?.length || !stored.text.includes('"imagePullSecrets"')) return;
    const account = JSON.parse(stored.text) as ServiceAccount;
    if (account.imagePullSecrets?.length) pod.spec.imagePullSecrets = account.imagePullSecrets;
  },

  validate: checkMirrorPod,
};

function checkMirrorPod(attributes: Attributes): void {
  const { call, operation, subresource, object } = attributes;
  if (call.kind.resource !== 'pods' || operation !== 'CREATE' || subresource !== '' || !object) return;
  const pod = object as unknown as Pod;
  if (!isMirrorPod(pod) || !pod.spec) return;
  if (pod.spec.serviceAccountName) throw refuse(attributes, 'a mirror pod may not reference service accounts');
  if (namesSecrets(pod.spec)) throw refuse(attributes, 'a mirror pod may not reference secrets');
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken)) {
    throw refuse(attributes, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}
