/**
 * Two hours of a load that rises and falls, which the pods share, and an autoscaler whose behaviour limits how it follows:
 * the same course wherever the object dies.
 */
import { expect, test } from 'vitest';
import type { Deployment, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';
import { HPAS, MERGE, MINUTE, NAMESPACE } from './scaled.ts';

const PODS = `/api/v1/${NAMESPACE}/pods`;
const DEPLOYMENTS = `/apis/apps/v1/${NAMESPACE}/deployments`;
const LENGTH = 120;
const DEATHS = 6;
const labels = { app: 'web' };
const RULES = { grow: 3, growSeconds: 120, shrinkShare: 0.5, shrinkSeconds: 120, windowSeconds: 300, min: 2, max: 12 };

/** Thousandths of a CPU over all pods, by minute: calm, a steep rise, a peak with a dip, and a long fall. */
function loadAt(minute: number): number {
  if (minute < 15) return 100;
  if (minute < 40) return 100 + (minute - 15) * 20;
  if (minute < 60) return minute === 50 || minute === 51 ? 200 : 600;
  return Math.max(50, 600 - (minute - 60) * 15);
}

async function share(cluster: TestCluster, total: number): Promise<void> {
  const pods = (await cluster.list<Pod>(PODS)).filter(
    ({ metadata, status }) => !metadata.deletionTimestamp && status?.phase === 'Running',
  );
  const cpu = `${Math.round(total / Math.max(1, pods.length))}m`;
  for (const { metadata } of pods) {
    const patch = { metadata: { annotations: { 'islet.dev/simulated-cpu': cpu } } };
    await cluster.send(`PATCH ${PODS}/${metadata.name}`, patch, MERGE);
  }
}

/** The replicas that were wanted at the end of each minute. */
async function course(diesAt?: number): Promise<{ course: number[]; revision: number }> {
  const cluster = await TestCluster.start(diesAt === undefined ? {} : { diesAt });
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' } } }];
  await cluster.must(`POST ${DEPLOYMENTS}`, {
    metadata: { name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  await cluster.must(`POST ${HPAS}`, {
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: RULES.min,
      maxReplicas: RULES.max,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      behavior: {
        scaleUp: { policies: [{ type: 'Pods', value: RULES.grow, periodSeconds: RULES.growSeconds }] },
        scaleDown: {
          stabilizationWindowSeconds: RULES.windowSeconds,
          policies: [{ type: 'Percent', value: RULES.shrinkShare * 100, periodSeconds: RULES.shrinkSeconds }],
        },
      },
    },
  });
  const found: number[] = [];
  for (let minute = 0; minute < LENGTH; minute++) {
    // Twice, so that new pods take their share.
    for (let half = 0; half < 2; half++) {
      await share(cluster, loadAt(minute));
      await cluster.advance(MINUTE / 2);
    }
    found.push((await cluster.must<Deployment>(`GET ${DEPLOYMENTS}/web`)).spec?.replicas ?? 0);
  }
  expect(cluster.reported).toEqual([]);
  return { course: found, revision: cluster.revision };
}

/** The pods that bring the load to half of what they ask for. */
const wanted = (minute: number): number => Math.min(RULES.max, Math.max(RULES.min, Math.ceil(loadAt(minute) / 50)));

test('replicas follow the load within the rules of the behaviour, wherever the object dies', async () => {
  const { course: undisturbed, revision } = await course();
  for (const [minute, replicas] of undisturbed.entries()) {
    const before = (ago: number): number => undisturbed[Math.max(0, minute - ago)] ?? 0;
    expect(replicas).toBeLessThanOrEqual(RULES.max);
    expect(replicas).toBeGreaterThanOrEqual(RULES.min);
    expect(replicas - before(RULES.growSeconds / 60)).toBeLessThanOrEqual(2 * RULES.grow);
    expect(replicas).toBeGreaterThanOrEqual(Math.floor(before(1) * RULES.shrinkShare));
    // No fewer than were wanted at any moment of the window, but for those that it is yet to grow by.
    const window = Array.from({ length: RULES.windowSeconds / 60 - 1 }, (_, ago) => wanted(Math.max(0, minute - ago)));
    if (replicas < before(1)) expect(replicas).toBeGreaterThanOrEqual(Math.floor(Math.max(...window) * 0.9));
  }
  // The rise is followed within some minutes, the dip of two minutes not at all, and the fall to the end.
  expect([undisturbed[14], undisturbed[45], undisturbed[52], undisturbed.at(-1)]).toEqual([2, 12, 12, 2]);
  for (let death = 1; death <= DEATHS; death++) {
    const { course: disturbed } = await course(Math.floor((revision * death) / (DEATHS + 1)));
    expect(disturbed).toEqual(undisturbed);
  }
}, 240_000);
