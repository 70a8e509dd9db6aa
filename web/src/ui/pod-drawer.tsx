import type { Pod } from '../../../kube/types.ts';
import { now } from '../api/clock.ts';
import type { Cluster } from '../api/cluster.ts';
import { ageOf, isAbout } from '../kinds/event.ts';
import { podReady, podRestarts, podStatus } from '../kinds/pod.ts';
import { Drawer } from './drawer.tsx';
import { EventList } from './event-list.tsx';
import { LogView } from './log-view.tsx';
import { Story } from './story.tsx';
import { YamlView } from './yaml-view.tsx';

const EVENTS_SHOWN = 100;

export function PodDrawer({ cluster, namespace, name }: { cluster: Cluster; namespace: string; name: string }) {
  const pod = cluster.pods.objects.value.get(`${namespace}/${name}`);
  if (!pod) {
    const gone = () => <p class="notice">The pod {name} is gone.</p>;
    return <Drawer title={`pod/${name}`} tabs={[{ name: 'Summary', content: gone }]} />;
  }
  const { text, tone } = podStatus(pod);
  const events = [...cluster.events.objects.value.values()].filter((event) => isAbout(event, pod.metadata.uid));
  return (
    <Drawer
      title={`pod/${name}`}
      badge={<span class={tone}>{text}</span>}
      tabs={[
        { name: 'Summary', content: () => <PodSummary pod={pod} /> },
        { name: 'YAML', content: () => <YamlView object={pod} /> },
        { name: 'Events', content: () => <EventList events={events} most={EVENTS_SHOWN} /> },
        { name: 'Logs', content: () => <LogView key={pod.metadata.uid} cluster={cluster} pod={pod} /> },
        { name: 'Story', content: () => <Story cluster={cluster} resource="pods" namespace={namespace} name={name} /> },
      ]}
    />
  );
}

function PodSummary({ pod }: { pod: Pod }) {
  const facts: [string, string | undefined][] = [
    ['Namespace', pod.metadata.namespace],
    ['Ready', podReady(pod)],
    ['Restarts', podRestarts(pod)],
    ['Age', ageOf(pod, now.value)],
    ['Node', pod.spec?.nodeName ?? 'not scheduled yet'],
    ['IP', pod.status?.podIP ?? 'none yet'],
    ['Owner', pod.metadata.ownerReferences?.map((owner) => `${owner.kind}/${owner.name}`).join(', ')],
  ];
  const states = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return (
    <>
      <dl class="facts">
        {facts.map(([term, value]) => [<dt key={term}>{term}</dt>, <dd key={`${term}=`}>{value || '–'}</dd>])}
      </dl>
      <h2>Containers</h2>
      <table>
        <tbody>
          {states.map((status) => {
            const [state = 'waiting', detail] = Object.entries(status.state ?? {})[0] ?? [];
            const reason = (detail as { reason?: string } | undefined)?.reason;
            return (
              <tr key={status.name}>
                <td class="name">{status.name}</td>
                <td>
                  {state}
                  {reason && <span class="quiet"> {reason}</span>}
                </td>
                <td class="mono quiet">{status.image}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <h2 style={{ marginTop: '1rem' }}>Conditions</h2>
      <table>
        <tbody>
          {(pod.status?.conditions ?? []).map(({ type, status, reason, message }) => (
            <tr key={type}>
              <td class="name">{type}</td>
              <td>{status}</td>
              <td class="quiet">{[reason, message].filter(Boolean).join(': ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
