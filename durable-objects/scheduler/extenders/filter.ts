import type { NodeInfo } from '../cache/node-info.ts';
import type { DecisionTrace } from '../framework/decision-trace.ts';
import { PluginError } from '../framework/interface.ts';
import { type Rejection, unresolvable, unschedulable } from '../framework/rejection.ts';
import type { Consultation, Stage } from './consultation.ts';
import { EXTENDER } from './extender.ts';

/** The nodes that the extenders leave, each asked about what the one before it left (`findNodesThatPassExtenders`). */
export function passExtenders(
  consultation: Consultation,
  stage: Stage,
  feasible: readonly NodeInfo[],
  { rejected, trace }: { rejected: Map<string, Rejection>; trace?: DecisionTrace },
): readonly NodeInfo[] {
  let nodes = feasible;
  const reject = (node: string, rejection: Rejection): void => {
    rejected.set(node, rejection);
    trace?.rejected(node, { plugin: EXTENDER, rejection });
  };
  for (const extender of consultation.extenders) {
    if (nodes.length === 0) break;
    if (extender.verbs.filter === undefined) continue;
    const answer = consultation.filter(extender, stage, nodes);
    if ('error' in answer) {
      if (extender.ignorable) continue;
      throw new PluginError(answer.error);
    }
    const { passed, failed, unresolvable: never } = answer.filtered;
    for (const [node, reason] of never) reject(node, unresolvable(reason));
    for (const [node, reason] of failed) if (!never.has(node)) reject(node, unschedulable(reason));
    nodes = nodes.filter(({ name }) => passed.has(name));
  }
  return nodes;
}
