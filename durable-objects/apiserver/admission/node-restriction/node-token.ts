/**
 * Tokens that a kubelet may ask for: those of pods that run on it, for audiences that they name (upstream
 * `plugin/pkg/admission/noderestriction` admitServiceAccount).
 */
import { keyOf } from '../../../../kube/machinery/resource.ts';
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, Pod } from '../../../../kube/types.ts';
import { notFound, quote } from '../../errors.ts';
import type { Attributes } from '../attributes.ts';
import { refuse } from '../plugin.ts';

interface TokenRequestSpec {
  audiences?: string[];
  boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string };
}

/** Looks at creates of `serviceaccounts/NAME/token` alone. */
export function nodeToken(attributes: Attributes, node: string): void {
  const { operation, subresource, object, namespace, reader } = attributes;
  if (operation !== 'CREATE' || subresource !== 'token') return;
  const { boundObjectRef: ref, audiences = [] } = (object?.spec ?? {}) as TokenRequestSpec;
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name) {
    throw refuse(attributes, 'node requested token not bound to a pod');
  }
  if (!ref.uid) throw refuse(attributes, 'node requested token with a pod binding without a uid');
  const stored = reader.get(keyOf('pods', namespace, ref.name));
  if (!stored) throw notFound('pods', ref.name);
  const pod = JSON.parse(stored.text) as Pod;
  if (pod.metadata.uid !== ref.uid) {
    const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw refuse(attributes, why);
  }
  if (pod.spec?.nodeName !== node) {
    throw refuse(attributes, 'node requested token bound to a pod scheduled on a different node');
  }
  checkAudience(attributes, audiences, pod);
}

function checkAudience(attributes: Attributes, [audience = '', ...more]: readonly string[], pod: Pod): void {
  if (more.length > 0) throw refuse(attributes, 'node may only request 0 or 1 audiences');
  if (namesAudience(attributes, pod, audience)) return;
  const { call, namespace, name } = attributes;
  const { user, server } = call;
  const asked = { user, verb: 'request-serviceaccounts-token-audience', isResource: true, group: '', version: 'v1' };
  const decision = server.authorize({ ...asked, resource: audience, subresource: '', namespace, name, path: '' });
  if (decision.allowed) return;
  const why = `audience ${quote(audience)} not found in pod spec volume, ${user.name} is not authorized to request tokens for this audience`;
  throw refuse(attributes, why);
}

/** A projected volume names it, or the driver of one that is mounted asks for tokens of it. */
function namesAudience(attributes: Attributes, { metadata, spec }: Pod, audience: string): boolean {
  return (spec?.volumes ?? []).some((volume) => {
    const { projected, ephemeral, persistentVolumeClaim: claim, csi, name } = volume;
    const isProjected = projected?.sources?.some(
      ({ serviceAccountToken: token }) => token && (token.audience ?? '') === audience,
    );
    if (isProjected) return true;
    const claimName = ephemeral?.volumeClaimTemplate ? `${metadata.name}-${name}` : claim?.claimName;
    const driver = claimName === undefined ? csi?.driver : driverOf(attributes, claimName);
    return driver !== undefined && tokensOf(attributes, driver).includes(audience);
  });
}

function driverOf({ reader, namespace }: Attributes, claimName: string): string | undefined {
  const claim = reader.get(keyOf('persistentvolumeclaims', namespace, claimName));
  const volumeName = claim && (JSON.parse(claim.text) as PersistentVolumeClaim).spec?.volumeName;
  const volume = volumeName ? reader.get(keyOf('persistentvolumes', '', volumeName)) : undefined;
  return volume && (JSON.parse(volume.text) as PersistentVolume).spec?.csi?.driver;
}

function tokensOf({ reader }: Attributes, driver: string): string[] {
  const stored = reader.get(keyOf('csidrivers.storage.k8s.io', '', driver));
  const requests = (stored && (JSON.parse(stored.text) as CSIDriver).spec?.tokenRequests) ?? [];
  return requests.map(({ audience }) => audience);
}
