/** Why a pod is on its node, or on none, or does not run there, and what to do next. */
import type { Pod } from '../../../kube/types.ts';
import type { Why } from '../../../wire/why.ts';
import type { Cluster } from '../api/cluster.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Decision } from './decision.tsx';
import { t } from './messages.ts';
import './why.css';
import { adviceWords, headlineWords, troubleClause, troubleStep } from './words.ts';

interface PodWhyProps {
  cluster: Cluster;
  /** It is to stay the same: a component of its own (`key`) for each. */
  pod: Pod;
}

export default function PodWhy({ cluster, pod }: PodWhyProps) {
  const { namespace = '', name = '' } = pod.metadata;
  const path = `/islet/v1/why?${new URLSearchParams({ namespace, name })}`;
  const { answer: why, problem } = useAnswer<Why>(cluster, path, [pod]);
  if (!why) return <p class={problem ? 'notice' : 'empty'}>{problem ?? t('asking')}</p>;
  const [first, ...others] = headlineWords(why, Date.now());
  const steps = adviceWords(why);
  const { decision, trouble } = why;
  return (
    <div class="why">
      {trouble && (
        <div class="notice bad">
          <p>
            <b>{troubleClause(trouble)}</b>
          </p>
          <h2>{t('next')}</h2>
          <p>{troubleStep(trouble, why)}</p>
        </div>
      )}
      <p>{trouble ? first : <b>{first}</b>}</p>
      {others.map((text) => (
        <p key={text}>{text}</p>
      ))}
      {steps.length > 0 && (
        <>
          <h2>{t('helps')}</h2>
          <ul class="advice">
            {steps.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
      {decision && <Decision decision={decision} />}
    </div>
  );
}
