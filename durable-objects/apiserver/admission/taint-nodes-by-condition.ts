/**
 * A new node takes no pods before it is known to be ready: the node lifecycle controller removes the taint
 * (upstream `plugin/pkg/admission/nodetaint`). A simulated node, which is ready already, is spared that round.
 */
import type { Node } from '../../../kube/types.ts';
import { SIMULATED } from '../../../wire/nodes.ts';
import { changed } from './changed.ts';
import type { Plugin } from './plugin.ts';

const KEY = 'node.kubernetes.io/not-ready';
const EFFECT = 'NoSchedule';

export const taintNodesByCondition: Plugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  mutate(attributes) {
    const { call, operation, subresource, object } = attributes;
    if (call.kind.resource !== 'nodes' || operation !== 'CREATE' || subresource !== '') return;
    const node = object as unknown as Node;
    if (node.metadata.labels?.[SIMULATED] === 'true') return;
    node.spec ??= {};
    const taints = node.spec.taints ?? [];
    if (taints.some(({ key, effect }) => key === KEY && effect === EFFECT)) return;
    node.spec.taints = [...taints, { key: KEY, effect: EFFECT }];
    changed(attributes, 'TaintNodesByCondition', 'spec.taints');
  },
};
