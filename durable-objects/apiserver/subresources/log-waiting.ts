import type { Pod } from '../../../kube/types.ts';
import type { LogOptions } from '../../../wire/stream.ts';
import { badRequest } from '../errors.ts';

/** As the agent says of a container that has not started, by what the pod's status knows of it. */
export function refuseWaiting({ metadata, status }: Pod, container: string, { previous }: LogOptions): void {
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const found = statuses.find(({ name }) => name === container);
  if (found?.lastState?.terminated || found?.state?.terminated || (found?.state?.running && !previous)) return;
  if (previous) {
    throw badRequest(`previous terminated container "${container}" in pod "${metadata.name}" not found`);
  }
  const reason = found?.state?.waiting?.reason ?? 'ContainerCreating';
  const isPull = reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
  const what = isPull ? 'trying and failing to pull image' : reason;
  throw badRequest(`container "${container}" in pod "${metadata.name}" is waiting to start: ${what}`);
}
