/** The object that the address selects, beside whatever page is open. */
import { findResource, idOf } from '../../api/discovery.ts';
import { discoveryOf } from '../../api/discovery-live.ts';
import { route } from '../../api/route.ts';
import type { PageProps } from '../../ui/pages.ts';
import '../resources.css';
import { ObjectDrawer } from './object-drawer.tsx';

export default function SelectedObject({ cluster }: PageProps) {
  const { selected } = route.value;
  const kinds = discoveryOf(cluster).resources.value;
  const resource = selected && kinds && findResource(kinds, selected.kind);
  if (!resource) return null;
  const { namespace, name } = selected;
  return (
    <ObjectDrawer
      key={`${idOf(resource)}/${namespace}/${name}`}
      cluster={cluster}
      kinds={kinds}
      resource={resource}
      namespace={namespace}
      name={name}
    />
  );
}
