import type { PodSpec } from '../../../kube/types.ts';
import type { Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

/** The features without which a kubelet could not run a pod (`component-helpers/nodedeclaredfeatures/features`). */
const NEEDS: Readonly<Record<string, (spec: PodSpec) => boolean>> = {
  RestartAllContainersOnContainerExits: ({ containers, initContainers = [] }) =>
    [...containers, ...initContainers].some(({ restartPolicyRules = [] }) =>
      restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
    ),
  UserNamespacesHostNetworkSupport: ({ hostNetwork, hostUsers }) => hostNetwork === true && hostUsers === false,
};

/** The node says that it has the features that the pod needs (KEP-5328; `nodedeclaredfeatures`). */
export const NodeDeclaredFeatures: Plugin = {
  name: 'NodeDeclaredFeatures',
  wakesOn: ['node-added', 'node-features'],
  hint: ({ pod }, { node }) =>
    !node?.after || needed(pod.spec).every((one) => node.after?.declaredFeatures.includes(one)),
  preFilter: ({ pod }) => (needed(pod.spec).length > 0 ? undefined : 'skip'),
  filter({ pod }, node) {
    const declared = node.facts?.declaredFeatures ?? [];
    if (needed(pod.spec).every((feature) => declared.includes(feature))) return undefined;
    return unresolvable("node(s) didn't match Pod's required features");
  },
};

function needed(spec: PodSpec | undefined): string[] {
  return spec ? Object.keys(NEEDS).filter((feature) => NEEDS[feature]?.(spec)) : [];
}
