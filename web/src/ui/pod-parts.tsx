/** A pod's troubles, and the state of its containers. */
import type { ContainerStatus, Pod } from '../../../kube/types.ts';
import { linkTo } from '../api/route.ts';
import { containerStatuses, endText, podTroubles } from '../kinds/pod.ts';
import { Age } from './age.tsx';
import { t } from './messages.ts';

/** `leadsOn`: to the tab that says why in plain words, and what helps. It is of now. */
export function Troubles({ pod, leadsOn }: { pod: Pod; leadsOn: boolean }) {
  const troubles = podTroubles(pod);
  if (troubles.length === 0) return null;
  return (
    <ul class="notice bad troubles" aria-label={t('wrong')}>
      {troubles.map((trouble) => (
        <li key={trouble}>{trouble}</li>
      ))}
      {leadsOn && (
        <li>
          <a href={linkTo({ tab: 'Why' })}>{t('whatHelps')}</a>
        </li>
      )}
    </ul>
  );
}

export function Containers({ pod }: { pod: Pod }) {
  return (
    <>
      <h2>{t('containers')}</h2>
      {containerStatuses(pod).length === 0 && <p class="empty">{t('noneStarted')}</p>}
      <ul class="rows">
        {containerStatuses(pod).map((container) => (
          <ContainerRow key={container.name} container={container} />
        ))}
      </ul>
    </>
  );
}

function ContainerRow({ container: { name, state, lastState, restartCount, image } }: { container: ContainerStatus }) {
  const { running, waiting, terminated } = state ?? {};
  const last = lastState?.terminated;
  return (
    <li>
      <b>{name}</b> {running && t.parts('runningFor', { age: <Age since={running.startedAt} /> })}
      {waiting && t('waitingFor', { reason: waiting.reason ?? t('notStarted') })}
      {terminated && endText(terminated)}
      {restartCount > 0 && <span class="quiet"> · {t('restartCount', { count: restartCount })}</span>}
      {last && (
        <div class="about">{t.parts('endedAgo', { how: endText(last), age: <Age since={last.finishedAt} /> })}</div>
      )}
      <div class="about mono">{image}</div>
    </li>
  );
}
