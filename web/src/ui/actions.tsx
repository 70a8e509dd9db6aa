/** The actions of an object; their code is loaded when they are drawn first. */
import type { FunctionComponent } from 'preact';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Cluster } from '../api/cluster.ts';
import { Lazy } from './lazy.tsx';

interface ActionsProps {
  cluster: Cluster;
  kind: string;
  object: KubeObject;
}

const load = (): Promise<{ default: FunctionComponent<ActionsProps> }> => import('../resources/object-actions.tsx');

export function Actions(props: ActionsProps) {
  return <Lazy load={load} props={props} />;
}
