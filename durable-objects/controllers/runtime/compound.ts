/** Actions that end in others, which are known once an effect was performed or a right was asked for. */
import { failure, type Status } from '../../../kube/machinery/status.ts';
import type { Action, Compound, Effects } from './plan.ts';
import type { RequestPort } from './ports.ts';

type Answer = Awaited<ReturnType<RequestPort['request']>>;
type Send = (sent: { method: 'POST'; path: string; body: unknown }) => Promise<Answer>;

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** The actions to perform in place of this one; or the Status that it is refused with. */
export async function unfold(action: Compound, effects: Effects, send: Send): Promise<readonly Action[] | Status> {
  if (action.do === 'sequence') return action.actions;
  if (action.do === 'effect') {
    const effect = effects[action.effect];
    if (!effect) throw new Error(`the cluster has no effect that is called ${action.effect}`);
    return effect(action.object, action.known);
  }
  const { review: spec, allowed, denied } = action;
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  const answer = await send({ method: 'POST', path: REVIEWS, body });
  if (!answer.ok) return answer.status;
  const { status } = answer.object as { status?: { allowed?: boolean } };
  if (status?.allowed) return allowed;
  return denied ?? failure('Forbidden', `the subject access review of ${spec.user} was not approved`);
}
