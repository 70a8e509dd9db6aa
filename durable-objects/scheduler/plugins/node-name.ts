import type { Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

/** spec.nodeName: such pods skip the scheduler, so this only guards. */
export const NodeName: Plugin = {
  name: 'NodeName',
  wakesOn: ['node-added'],
  sign: ({ spec }) => spec?.nodeName ?? '',
  preFilter: ({ pod }) => (pod.spec?.nodeName ? undefined : 'skip'),
  filter({ pod }, node) {
    return pod.spec?.nodeName === node.name ? undefined : unresolvable("node(s) didn't match the requested node name");
  },
};
