import type { Pod } from '../../../kube/types.ts';
import { linkTo } from '../api/route.ts';
import { podReady, podStatus } from '../kinds/pod.ts';
import { t } from './messages.ts';

/** Links to pods, in a drawer. */
export function PodList({ pods }: { pods: readonly Pod[] }) {
  return (
    <>
      <h2>{t('pods')}</h2>
      {pods.length === 0 && <p class="empty">{t('none')}</p>}
      <ul class="rows">
        {pods.map((pod) => {
          const { namespace = '', name = '', uid } = pod.metadata;
          const { text, tone } = podStatus(pod);
          return (
            <li key={uid}>
              <a href={linkTo({ selected: { kind: 'pods', namespace, name }, tab: undefined })}>{name}</a>{' '}
              <span class={tone}>{text}</span> <span class="quiet">{podReady(pod)}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
