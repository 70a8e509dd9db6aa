/** The effect by which the content that aggregated APIs keep in a namespace is deleted. */
import type { RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Namespace } from '../../../kube/types.ts';
import { identityOf } from '../runtime/identity.ts';
import type { Effects } from '../runtime/plan.ts';
import type { RequestPort } from '../runtime/ports.ts';
import type { Findings } from './conditions.ts';
import { finish } from './finish.ts';
import { deleteRemoteContent, type Send } from './remote-content.ts';

/** With a namespace, and the {@link Findings} of what the cluster itself keeps in it. */
export const DELETE_REMOTE_CONTENT = 'delete-remote-content';

interface NamespaceEffectPorts {
  request: RequestPort;
  /** The group versions of aggregated APIs, with their resources. */
  versions(): readonly RemoteVersion[];
  /** Milliseconds since the epoch. */
  now(): number;
}

const NAME = 'namespace-controller';

export function namespaceEffects({ request, versions, now }: NamespaceEffectPorts): Effects {
  return {
    [DELETE_REMOTE_CONTENT]: async (object, known) => {
      const { name = '', resourceVersion } = object.metadata;
      const key = keyOf('namespaces', '', name);
      const saw = Number(resourceVersion);
      const send: Send = (sent) =>
        request.request({
          ...identityOf({ name: NAME }),
          cause: { kind: 'controller', at: now(), name: NAME, key, saw },
          ...sent,
        });
      const { contents, unavailable, ...rest } = known as Findings;
      const { remaining, failures, undiscovered } = await deleteRemoteContent(versions(), name, send);
      const found: Findings = {
        ...rest,
        contents: [...contents, ...remaining],
        unavailable: [...new Set([...unavailable, ...undiscovered])].sort(),
        failures,
      };
      return finish(object as unknown as Namespace, found, now());
    },
  };
}
