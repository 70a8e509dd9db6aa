/** `/islet/v1/…` over the parts of a cluster that is awake. */
import type { AgentLink, AgentSocket } from '../nodes/agent-link.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { ControlPlane } from './control-plane.ts';
import { answerForward } from './forwards.ts';
import { isletApi } from './islet-api.ts';

export interface ExtensionPorts {
  access: ClusterAccess;
  agents: Pick<AgentLink<AgentSocket>, 'connected'>;
  /** Made after this. */
  controlPlane(): ControlPlane;
  /** Milliseconds since the epoch. */
  awakeSince: number;
}

export function isletExtension({ access, agents, controlPlane, awakeSince }: ExtensionPorts) {
  return isletApi({
    tokens: access.tokens,
    sharing: access.sharing,
    isNodeReady: (name) => controlPlane().nodes.isReady(name),
    trace: (asked, user) => controlPlane().trace(asked, user),
    usageHour: (asked, user) => controlPlane().usageHour(asked, user),
    why: (asked) => controlPlane().why(asked),
    forward: (asked) =>
      answerForward(asked, {
        handle: (request) => controlPlane().handle(request),
        connected: (node) => agents.connected(node),
      }),
    authority: () => controlPlane().authority.certificate(),
    stats: () => ({ awakeSince, ...controlPlane().stats() }),
  });
}
