/** Plays scheduler and kubelet on the harness: binds pods and lets them run. */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Harness } from './harness.ts';

/** Makes every pod that isn't Running so; answers how many it moved. */
export async function runPods({ api, time }: Harness, nodes = 3): Promise<number> {
  let moved = 0;
  for (const pod of api.all('pods/')) {
    if ((pod.status as { phase?: string } | undefined)?.phase === 'Running') continue;
    const { namespace = '', name = '' } = pod.metadata;
    if (!(pod.spec as { nodeName?: string }).nodeName) {
      await api.patch('pods', namespace, name, { spec: { nodeName: `sim-${moved % nodes}` } });
    }
    await api.patch('pods', namespace, name, { status: runningStatus(time.now(), `10.244.0.${moved + 1}`) }, true);
    moved++;
  }
  return moved;
}

export function runningStatus(now: number, podIP: string): object {
  const since = new Date(now).toISOString();
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    containerStatuses: [{ name: 'nginx', restartCount: 0, ready: true }],
  };
}

/** Settles the controllers, lets pods run, and again, until nothing moves. */
export async function settleAll(harness: Harness): Promise<void> {
  for (let rounds = 0; rounds < 50; rounds++) {
    await harness.settle();
    if ((await runPods(harness)) === 0) return;
  }
  throw new Error('pods never stop moving');
}

/**
 * Settles the controllers and lets pods run on the nodes that `nodeOf` names, until nothing moves. The object is evicted
 * after each pod.
 */
export async function settleWithEvictions(
  harness: Harness,
  nodeOf: (pod: KubeObject) => string | undefined = () => undefined,
): Promise<void> {
  const { api, time } = harness;
  for (let rounds = 0; rounds < 50; rounds++) {
    await harness.settle();
    const waiting = api
      .all('pods/')
      .filter((pod) => (pod.status as { phase?: string } | undefined)?.phase !== 'Running');
    if (waiting.length === 0) return;
    for (const pod of waiting) {
      const { namespace = '', name = '' } = pod.metadata;
      const nodeName = nodeOf(pod);
      if (nodeName !== undefined) await api.patch('pods', namespace, name, { spec: { nodeName } });
      await api.patch('pods', namespace, name, { status: runningStatus(time.now(), '10.0.0.1') }, true);
      harness.kill();
    }
  }
  throw new Error('pods never stop moving');
}

export function nginxDeployment(spec: object = {}, image = 'nginx:1.14.2'): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'nginx', namespace: 'default', labels: { app: 'nginx' } },
    spec: {
      replicas: 3,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'nginx' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: {
        metadata: { labels: { app: 'nginx' } },
        spec: { containers: [{ name: 'nginx', image, ports: [{ containerPort: 80, name: 'web' }] }] },
      },
      ...spec,
    },
    status: {},
  };
}
