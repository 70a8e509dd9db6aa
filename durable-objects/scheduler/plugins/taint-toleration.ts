import { toleratesAny, untolerated } from '../../../kube/scheduling/tolerations.ts';
import type { NodeFacts } from '../cache/projections.ts';
import { dissuades } from '../cache/snapshot.ts';
import { normalizeToMax, type Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

/** NoSchedule and NoExecute taints forbid, PreferNoSchedule ones dissuade. */
export const TaintToleration: Plugin = {
  name: 'TaintToleration',
  prefers: 'taints',
  wakesOn: ['node-added', 'node-taints'],
  hint({ pod }, { node }) {
    if (!node?.after) return true;
    const keepsOff = ({ taints }: NodeFacts): boolean => untolerated(taints, pod.spec?.tolerations) !== undefined;
    return !keepsOff(node.after) && (!node.before || keepsOff(node.before));
  },
  sign: ({ spec }) => spec?.tolerations ?? [],
  filter({ pod }, node) {
    const taints = node.facts?.taints ?? [];
    const taint = taints.length === 0 ? undefined : untolerated(taints, pod.spec?.tolerations);
    if (!taint) return undefined;
    const { key, value, effect } = taint;
    const details = () => [`${key}${value ? `=${value}` : ''}:${effect}`];
    return { ...unresolvable('node(s) had untolerated taint(s)'), details };
  },
  preScore({ snapshot }, nodes) {
    const any = snapshot.anyDissuades && nodes.some((node) => node.facts?.taints.some(dissuades));
    return any ? undefined : 'skip';
  },
  score({ pod }, node) {
    let count = 0;
    for (const taint of node.facts?.taints ?? []) {
      if (dissuades(taint) && !toleratesAny(pod.spec?.tolerations, taint)) count++;
    }
    return count;
  },
  normalize: (_cycle, scores) => normalizeToMax(scores, true),
};
