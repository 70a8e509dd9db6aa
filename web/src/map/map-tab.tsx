/** The map around one object, beside it. */
import { useMemo } from 'preact/hooks';
import type { Cluster } from '../api/cluster.ts';
import { type ApiResource, groupResource } from '../api/discovery.ts';
import { idOfThing } from './graph.ts';
import { HIDDEN_AT_FIRST } from './kinds.ts';
import { MapView } from './map-view.tsx';
import { t } from './messages.ts';

interface MapTabProps {
  cluster: Cluster;
  kinds: readonly ApiResource[];
  resource: ApiResource;
  namespace: string;
  name: string;
}

export default function MapTab({ cluster, kinds, resource, namespace, name }: MapTabProps) {
  const kind = groupResource(resource);
  const hidden = useMemo(() => new Set(HIDDEN_AT_FIRST.filter((each) => each !== kind)), [kind]);
  return (
    <MapView
      cluster={cluster}
      kinds={kinds}
      namespace={namespace || undefined}
      hidden={hidden}
      root={idOfThing(kind, namespace, name)}
      empty={<p>{t('nothing')}</p>}
    />
  );
}
