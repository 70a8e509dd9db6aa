/** The container that a log, exec or attach means (upstream `pkg/registry/core/pod/strategy.go`). */
import type { Pod } from '../../../kube/types.ts';
import { badRequest } from '../errors.ts';

/** kubectl's annotation is not read here: upstream's server doesn't either. Throws 400. */
export function chooseContainer(pod: Pod, asked: string | undefined): string {
  const name = pod.metadata.name ?? '';
  const containers = (pod.spec?.containers ?? []).map((container) => container.name);
  const init = (pod.spec?.initContainers ?? []).map((container) => container.name);
  const ephemeral = (pod.spec?.ephemeralContainers ?? []).map((container) => container.name);
  if (asked) {
    if ([...containers, ...init, ...ephemeral].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only, ...others] = containers;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw badRequest(`a container name must be specified for pod ${name}`);
  const list = (names: readonly string[]): string => `[${names.join(' ')}]`;
  let text = `a container name must be specified for pod ${name}, choose one of: ${list(containers)}`;
  if (init.length > 0) text += ` or one of the init containers: ${list(init)}`;
  if (ephemeral.length > 0) text += ` or one of the ephemeral containers: ${list(ephemeral)}`;
  throw badRequest(text);
}
