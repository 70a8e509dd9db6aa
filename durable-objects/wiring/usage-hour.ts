/**
 * `GET /islet/v1/usage-hour`: what nodes (`node=…`) or pods of a namespace (`namespace=…&pod=…`) used in each minute of the
 * last hour, together, as the agents of their nodes remember it. Who may read their metrics may read it.
 */
import { keyOf } from '../../kube/machinery/resource.ts';
import type { Pod } from '../../kube/types.ts';
import type { UsagePort } from '../apiserver/on-demand/resource-metrics.ts';
import type { MayRead } from '../history/rights.ts';
import type { Store } from '../store/store.ts';
import { type Answer, refuse } from './islet-api.ts';

export interface UsageHourPorts {
  store: Pick<Store, 'get'>;
  mayRead: MayRead;
  usage?: Pick<UsagePort, 'recall'>;
}

/** Nodes or pods of one question. */
const MOST = 200;

/** `query`: the request's, without the `?`. */
export async function answerUsageHour(query: string, { store, mayRead, usage }: UsageHourPorts): Promise<Answer> {
  const params = new URLSearchParams(query);
  const [nodes, pods, namespace] = [params.getAll('node'), params.getAll('pod'), params.get('namespace') ?? 'default'];
  if (nodes.length > 0 === pods.length > 0) return refuse('BadRequest', 'name nodes by node=…, or pods by pod=…');
  if (nodes.length + pods.length > MOST) return refuse('BadRequest', `ask for at most ${MOST} at once`);
  const asked = new Map<string, string[] | undefined>();
  for (const name of nodes) {
    if (!mayRead({ resource: 'nodes.metrics.k8s.io', namespace: '', name })) return forbidden('nodes', name);
    asked.set(name, undefined);
  }
  for (const name of pods) {
    if (!mayRead({ resource: 'pods.metrics.k8s.io', namespace, name })) return forbidden('pods', name);
    const stored = store.get(keyOf('pods', namespace, name));
    const { metadata, spec }: Partial<Pod> = stored ? JSON.parse(stored.text) : {};
    const node = spec?.nodeName;
    if (node !== undefined && metadata?.uid !== undefined) asked.set(node, [...(asked.get(node) ?? []), metadata.uid]);
  }
  return { status: 200, body: { minutes: (await usage?.recall?.(asked)) ?? [] } };
}

function forbidden(resource: string, name: string): Answer {
  return refuse('Forbidden', `${resource}.metrics.k8s.io ${JSON.stringify(name)} is forbidden: you cannot get it`);
}
