/** A Deployment under a load that changes, and its autoscaler, in a whole cluster. */
import type { HorizontalPodAutoscaler, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

export const MERGE = 'application/merge-patch+json';
export const NAMESPACE = 'namespaces/default';
export const HPAS = `/apis/autoscaling/v2/${NAMESPACE}/horizontalpodautoscalers`;
export const MINUTE = 60_000;
const labels = { app: 'web' };

export class Scaled {
  readonly cluster: TestCluster;

  private constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  /** A Deployment whose pods ask for a tenth of a CPU, and its autoscaler, which wants half of that to be used. */
  static async start(
    replicas: number,
    spec: object = {},
    without: 'requests' | undefined = undefined,
  ): Promise<Scaled> {
    const cluster = await TestCluster.start();
    const resources = without ? {} : { requests: { cpu: '100m' } };
    const containers = [{ name: 'c', image: 'nginx', resources }];
    await cluster.must(`POST /apis/apps/v1/${NAMESPACE}/deployments`, {
      metadata: { name: 'web' },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    });
    await cluster.advance(6 * MINUTE);
    const target = { type: 'Utilization', averageUtilization: 50 };
    await cluster.must(`POST ${HPAS}`, {
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 10,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
        ...spec,
      },
    });
    await cluster.advance(1000);
    return new Scaled(cluster);
  }

  /** All pods use so much from now on. */
  async load(cpu: string): Promise<void> {
    for (const { metadata } of await this.cluster.list<Pod>(`/api/v1/${NAMESPACE}/pods`)) {
      const patch = { metadata: { annotations: { 'islet.dev/simulated-cpu': cpu } } };
      await this.cluster.must(`PATCH /api/v1/${NAMESPACE}/pods/${metadata.name}`, patch, MERGE);
    }
    await this.cluster.settle();
  }

  async replicas(): Promise<number | undefined> {
    const scale = await this.cluster.must<{ spec: { replicas?: number } }>(
      `GET /apis/apps/v1/${NAMESPACE}/deployments/web/scale`,
    );
    return scale.spec.replicas;
  }

  async status(): Promise<NonNullable<HorizontalPodAutoscaler['status']>> {
    return (await this.cluster.must<HorizontalPodAutoscaler>(`GET ${HPAS}/web`)).status!;
  }

  async conditions(): Promise<string[]> {
    const { conditions = [] } = await this.status();
    return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
  }

  async events(): Promise<string[]> {
    const events = await this.cluster.list<never>(`/api/v1/${NAMESPACE}/events`);
    return events
      .map((event) => event as unknown as { reason: string; message: string; involvedObject: { kind: string } })
      .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
      .map(({ reason, message }) => `${reason}: ${message}`);
  }
}
