import type { Cluster } from '../api/cluster.ts';
import { isAbout } from '../kinds/event.ts';
import { Drawer } from './drawer.tsx';
import { EventList } from './event-list.tsx';
import { Story } from './story.tsx';
import { YamlView } from './yaml-view.tsx';

const EVENTS_SHOWN = 100;

export function DeploymentDrawer({ cluster, namespace, name }: { cluster: Cluster; namespace: string; name: string }) {
  const deployment = cluster.deployments.objects.value.get(`${namespace}/${name}`);
  if (!deployment) {
    const gone = () => <p class="notice">The deployment {name} is gone.</p>;
    return <Drawer title={`deploy/${name}`} tabs={[{ name: 'Story', content: gone }]} />;
  }
  const events = [...cluster.events.objects.value.values()].filter((event) => isAbout(event, deployment.metadata.uid));
  const story = { resource: 'deployments.apps', namespace, name };
  return (
    <Drawer
      title={`deploy/${name}`}
      tabs={[
        { name: 'Story', content: () => <Story cluster={cluster} {...story} /> },
        { name: 'YAML', content: () => <YamlView object={deployment} /> },
        { name: 'Events', content: () => <EventList events={events} most={EVENTS_SHOWN} /> },
      ]}
    />
  );
}
