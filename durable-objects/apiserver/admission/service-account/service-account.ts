/**
 * Pods run as a service account that exists, and find its token in a volume (upstream
 * `plugin/pkg/admission/serviceaccount`).
 */
import { namesSecrets } from '../../../../kube/kinds/core/pod-spec/api-references.ts';
import { isMirrorPod } from '../../../../kube/kinds/core/static-pods.ts';
import { isPathSegmentName } from '../../../../kube/machinery/names.ts';
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { Pod, ServiceAccount } from '../../../../kube/types.ts';
import { quote } from '../../errors.ts';
import { generateName } from '../../write/generate-name.ts';
import type { Attributes } from '../attributes.ts';
import { changed } from '../changed.ts';
import { type Plugin, refuse } from '../plugin.ts';
import { containersProblem, ENFORCE_MOUNTABLE_SECRETS, enforcesSecrets, secretProblem } from './mountable-secrets.ts';
import { mountToken, shouldMount } from './service-account-volume.ts';

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
  resources: ['pods'],

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
    if (!pod.spec.serviceAccountName) changed(attributes, 'ServiceAccount', 'spec.serviceAccountName');
    pod.spec.serviceAccountName = name;
    // The deprecated alias follows, as upstream's conversion makes it.
    pod.spec.serviceAccount = name;
    const account = JSON.parse(readAccount(attributes, name)) as ServiceAccount;
    if (shouldMount(account, pod)) {
      const isMounted = mountToken(pod, (base) => generateName(base, attributes.call.server.random.next));
      if (isMounted) changed(attributes, 'ServiceAccount', 'spec.volumes', 'spec.containers.volumeMounts');
    }
    if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      changed(attributes, 'ServiceAccount', 'spec.imagePullSecrets');
      pod.spec.imagePullSecrets = account.imagePullSecrets.map(({ name: secret }) => ({ name: secret }));
    }
    checkSecrets(attributes, account, pod);
  },

  validate(attributes) {
    checkMirrorPod(attributes);
    const pod = concernedPod(attributes);
    const isEphemeral =
      attributes.call.kind.resource === 'pods' &&
      attributes.operation === 'UPDATE' &&
      attributes.subresource === 'ephemeralcontainers';
    const checked = isEphemeral ? (attributes.object as unknown as Pod) : pod;
    if (!checked?.spec) return;
    const name = checked.spec.serviceAccountName;
    if (!name) {
      const { namespace } = attributes;
      throw refuse(attributes, `no service account specified for pod ${namespace}/${checked.metadata.name ?? ''}`);
    }
    const text = readAccount(attributes, name);
    if (text.includes(ENFORCE_MOUNTABLE_SECRETS)) checkSecrets(attributes, JSON.parse(text) as ServiceAccount, checked);
  },
};

/** The account's text. Throws where there is none of the name. */
function readAccount(attributes: Attributes, name: string): string {
  const { namespace, reader } = attributes;
  const stored = reader.get(keyOf('serviceaccounts', namespace, name));
  if (stored) return stored.text;
  // Upstream's client names no path with such a name.
  const faults = isPathSegmentName(name);
  const why =
    faults.length > 0
      ? `invalid resource name ${quote(name)}: [${faults.join(' ')}]`
      : `serviceaccount ${quote(name)} not found`;
  throw refuse(attributes, `error looking up service account ${namespace}/${name}: ${why}`);
}

function checkSecrets(attributes: Attributes, account: ServiceAccount, pod: Pod): void {
  if (!enforcesSecrets(account)) return;
  const problem =
    attributes.operation === 'CREATE'
      ? secretProblem(account, pod)
      : containersProblem(account, 'ephemeral container', pod.spec?.ephemeralContainers);
  if (problem !== undefined) throw refuse(attributes, problem);
}

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
