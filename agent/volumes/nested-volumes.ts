/**
 * Mount points of volumes within read-only volumes (kubelet `volume/util/nested_volumes.go`): the runtime could not
 * make them.
 */
import type { Container, Pod } from '../../kube/types.ts';
import { openBeneath } from '../files/open.ts';

export async function makeNestedMountPoints(volume: string, folder: string, { spec }: Pod): Promise<void> {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  for (const path of new Set(containers.flatMap((container) => nestedIn(volume, container)))) {
    await (await openBeneath(folder, path, 0o755)).close();
  }
}

/** The paths of other mounts of the container within its mounts of the volume, relative to the volume. */
function nestedIn(volume: string, { volumeMounts }: Container): string[] {
  const mounts = (volumeMounts ?? []).map((mount) => ({ ...mount, at: `/${mount.mountPath}/`.replace(/\/+/g, '/') }));
  return mounts
    .filter((mount) => mount.name === volume)
    .flatMap(({ at, subPath }) =>
      mounts
        .filter((other) => other.at !== at && other.at.startsWith(at))
        .map((other) => `${subPath ?? ''}/${other.at.slice(at.length)}`),
    );
}
