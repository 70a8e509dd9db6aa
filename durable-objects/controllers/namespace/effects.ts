/** The effect by which the content that aggregated APIs keep in a namespace is deleted. */
import type { RemoteVersion } from '../../../kube/machinery/discovery/remote.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Namespace } from '../../../kube/types.ts';
import { identityOf } from '../runtime/identity.ts';
import type { Effects } from '../runtime/plan.ts';
import type { ReadPort, RequestPort } from '../runtime/ports.ts';
import type { Findings } from './conditions.ts';
import { finish } from './finish.ts';
import { deleteRemoteContent, type Send } from './remote-content.ts';

/** With a namespace, and the {@link Findings} of what the cluster itself keeps in it. */
export const DELETE_REMOTE_CONTENT = 'delete-remote-content';

interface NamespaceEffectPorts {
  request: RequestPort;
  /** The group versions of aggregated APIs, with their resources. */
  versions(): readonly RemoteVersion[];
  read: Pick<ReadPort, 'get'>;
  /** Milliseconds since the epoch. */
  now(): number;
}

const NAME = 'namespace-controller';
/** A server may answer slowly, or never come to an end: what was not asked by then is asked the next time. */
const MAX_MS = 2 * 60_000;

export function namespaceEffects({ request, versions, read, now }: NamespaceEffectPorts): Effects {
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
      const end = now() + MAX_MS;
      // A namespace that was let go by others may be made anew, and what is in the new one is to stay.
      const isThere = () => uidOf(read.get(key)?.text) === object.metadata.uid;
      const goesOn = () => now() < end && isThere();
      const { contents, unavailable, ...rest } = known as Findings;
      const { remaining, failures, undiscovered } = await deleteRemoteContent(versions(), name, send, goesOn);
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

function uidOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Namespace).metadata.uid;
}
