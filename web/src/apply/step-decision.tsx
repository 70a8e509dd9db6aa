/** The scheduler's decision that a step has carried out, where it is still kept. */
import type { TraceStep } from '../../../wire/trace.ts';
import type { SchedulingDecision, Why } from '../../../wire/why.ts';
import type { Cluster } from '../api/cluster.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Decision } from '../why/decision.tsx';
import { t } from './messages.ts';

export function StepDecision({ cluster, step }: { cluster: Cluster; step: TraceStep }) {
  const { namespace, name } = step.object;
  const path = `/islet/v1/why?${new URLSearchParams({ namespace, name })}`;
  const { answer: why, problem } = useAnswer<Why>(cluster, path, []);
  if (!why && !problem) return <p class="empty">{t('askingScheduler')}</p>;
  const decision = why?.decision;
  if (!decision || !isOf(step, decision)) return <p class="quiet">{t('noDecision')}</p>;
  return (
    <>
      <h3>{t('decision')}</h3>
      {decision.message && <p>{decision.message}</p>}
      <Decision decision={decision} />
    </>
  );
}

/** The scheduler keeps the last decision about a pod; an earlier one was another. */
export function isOf({ parts, at }: Pick<TraceStep, 'parts' | 'at'>, decision: SchedulingDecision): boolean {
  const bound = parts.find(({ code }) => code === 'bound');
  if (bound?.code === 'bound') return decision.node === bound.node;
  // A pod that found no node is tried again, and refused for what holds then.
  return decision.node === undefined && decision.at >= at - SAME_MS;
}

/** A decision is made before what it leads to is written. */
const SAME_MS = 10_000;
