/** An autoscaler over a pod that containerd runs: its agent tells of a load that comes after a long quiet time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: c
        image: busybox:1.36
        command: [sleep, '3600']
        resources: {requests: {cpu: 20m}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
`;
/** Some time after the pod became ready its agent alone says that anything has changed. */
const QUIET_MS = 100_000;

describeOnNode('an autoscaler', (rig) => {
  const replicas = async () => Number(await rig.ok('get deployment web -o jsonpath={.spec.replicas}'));

  test('acts on what its agent tells, and on nothing while the pod is idle', async () => {
    await rig.ok('apply -f -', WEB);
    await rig.ok('rollout status deployment web');
    await sleep(QUIET_MS);
    const status = await rig.ok('get hpa web -o jsonpath={.status.conditions[*].reason}');
    expect(status).toContain('ValidMetricFound');
    expect(await replicas()).toBe(1);
    await rig.ok('exec deployment/web -- true');
    const busy = rig.start(['exec', 'deployment/web', '--', 'sh', '-c', 'while true; do :; done']);
    await eventually(async () => expect(await replicas()).toBeGreaterThan(1), 60_000);
    busy.kill();
    await rig.ok('delete hpa web');
    await rig.ok('delete deployment web --cascade=foreground');
  }, 240_000);
});
