/** Warnings about volumes: removed drivers, and files of one volume that stand in each other's way. */
import type { Volume } from '../../../types.ts';
import { claimSpecWarnings } from '../claim-validation.ts';
import { overlaps, type Path } from './overlapping-paths.ts';

/** In upstream's order; volumes of pods and persistent volumes share the names. */
const REMOVED: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

/** Warnings about a pod's volumes: `field` is `spec.volumes`. */
export function volumeWarnings(volumes: readonly Volume[] | undefined, field: string): string[] {
  const all = volumes ?? [];
  if (all.length === 0) return [];
  const drivers = all.flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const claim = volume.ephemeral?.volumeClaimTemplate;
    return [
      ...removedSources(volume, Object.keys(REMOVED), at),
      ...(claim ? claimSpecWarnings(claim.spec, `${at}.ephemeral.volumeClaimTemplate.spec`) : []),
    ];
  });
  return [...drivers, ...all.flatMap(overlapWarnings)];
}

export function removedSources(source: object, names: readonly string[], field: string): string[] {
  return names.flatMap((name) => {
    if ((source as Record<string, unknown>)[name] === undefined) return [];
    // Upstream's path has the name of its Go field.
    return [`${field}.${name === 'storageos' ? 'storageOS' : name}: ${REMOVED[name]}`];
  });
}

/** `warningsForOverlappingVirtualPaths`: a file over another, or where another needs a folder. */
function overlapWarnings({ name, configMap, secret, downwardAPI, projected }: Volume): string[] {
  const warn = (what: string, paths: Path[]): string[] =>
    overlaps(paths).map((pair) => `volume ${JSON.stringify(name)} (${what}): overlapping paths: ${pair}`);
  const plain = (items: readonly { path: string }[] | undefined): Path[] =>
    (items ?? []).map(({ path }) => ({ path, source: '' }));
  const empty = (projected?.sources ?? []).flatMap((source) =>
    Object.keys(source).length > 0 ? [] : [`volume ${JSON.stringify(name)} (Projected) has no sources provided`],
  );
  return [
    ...(configMap ? warn(`ConfigMap ${JSON.stringify(configMap.name ?? '')}`, plain(configMap.items)) : []),
    ...(secret ? warn(`Secret ${JSON.stringify(secret.secretName ?? '')}`, plain(secret.items)) : []),
    ...(downwardAPI ? warn('DownwardAPI', plain(downwardAPI.items)) : []),
    ...empty,
    ...(projected ? warn('Projected', (projected.sources ?? []).flatMap(projectedPaths)) : []),
  ];
}

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

function projectedPaths(projection: Source): Path[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = projection;
  const of = (source: string, paths: readonly (string | undefined)[]): Path[] =>
    paths.flatMap((path) => (path ? [{ path, source }] : []));
  const files = (items: readonly { path: string }[] = []): string[] => items.map(({ path }) => path);
  if (configMap?.items) return of(`ConfigMap ${JSON.stringify(configMap.name ?? '')}`, files(configMap.items));
  if (secret?.items) return of(`Secret ${JSON.stringify(secret.name ?? '')}`, files(secret.items));
  if (downwardAPI?.items) return of('DownwardAPI', files(downwardAPI.items));
  if (serviceAccountToken) return of('ServiceAccountToken', [serviceAccountToken.path]);
  if (clusterTrustBundle) {
    const { name, signerName = '', path } = clusterTrustBundle;
    return of(`ClusterTrustBundle ${JSON.stringify(name ?? signerName)}`, [path]);
  }
  if (!podCertificate) return [];
  return [
    ...of('PodCertificate chain', [podCertificate.certificateChainPath]),
    ...of('PodCertificate key', [podCertificate.keyPath]),
    ...of('PodCertificate credential bundle', [podCertificate.credentialBundlePath]),
  ];
}
