/** The menu of what can be done with an object, for drawers of other pages. */
import { useState } from 'preact/hooks';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Cluster } from '../api/cluster.ts';
import { type ApiResource, findResource } from '../api/discovery.ts';
import { discoveryOf } from '../api/discovery-live.ts';
import { ActionDialog, type Asked } from './actions/action-dialog.tsx';
import { ActionMenu } from './actions/action-menu.tsx';
import { useRights } from './actions/use-rights.ts';
import './resources.css';

interface ObjectActionsProps {
  cluster: Cluster;
  /** As addresses name the kind: `apps/v1/deployments`. */
  kind: string;
  object: KubeObject;
}

export default function ObjectActions({ cluster, kind, object }: ObjectActionsProps) {
  const resource = findResource(discoveryOf(cluster).resources.value ?? [], kind);
  return resource ? <Known cluster={cluster} resource={resource} object={object} /> : null;
}

function Known({ cluster, resource, object }: { cluster: Cluster; resource: ApiResource; object: KubeObject }) {
  const [asked, ask] = useState<Asked>();
  const refuses = useRights(cluster, resource, object.metadata.namespace ?? '');
  return (
    <>
      <ActionMenu
        resource={resource}
        object={object}
        refuses={refuses}
        onAction={(name) => ask({ name, targets: [{ resource, object }] })}
      />
      {asked && <ActionDialog cluster={cluster} {...asked} onClose={() => ask(undefined)} />}
    </>
  );
}
