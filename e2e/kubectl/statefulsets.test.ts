/** A StatefulSet with a real kubectl: in order, up, through a new template and down, with claims of its own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const WEB = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: "web:1"}]
`;

const STORED = WEB.replaceAll('web', 'db')
  .replace('replicas: 3', 'replicas: 1')
  .concat(`
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      resources: {requests: {storage: 1Gi}}
`);

describe.skipIf('skip' in found)('a StatefulSet', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open({ simulatedNodes: 3 });
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const rolledOut = () => kubectl.ok('rollout status sts/web --timeout=30s');
  const pods = () => kubectl.ok('get pods -l app=web --sort-by=.metadata.creationTimestamp -o name');

  test('makes its pods in their order, and each has its name, its host and its index', async () => {
    const { stdout, stderr } = await kubectl.run(['apply', '-f', '-'], WEB);
    expect([stdout, stderr]).toEqual(['statefulset.apps/web created\n', '']);
    expect(await rolledOut()).toContain('partitioned roll out complete: 3 new pods have been updated');
    expect(await pods()).toBe('pod/web-0\npod/web-1\npod/web-2\n');
    expect(await kubectl.ok('get sts')).toMatch(/^web +3\/3 +\S+$/m);
    const path = '{.spec.hostname} {.spec.subdomain} {.metadata.labels.apps\\.kubernetes\\.io/pod-index}';
    expect((await kubectl.run(['get', 'pod', 'web-2', '-o', `jsonpath=${path}`])).stdout).toBe('web-2 web 2');
    expect(await kubectl.ok('describe sts web')).toMatch(
      /Normal +SuccessfulCreate .* statefulset-controller +Create Pod web-0 in StatefulSet web successful/,
    );
  });

  test('a pod that is deleted comes back under its name', async () => {
    const uid = () => kubectl.ok('get pod web-1 -o jsonpath={.metadata.uid}');
    const before = await uid();
    await kubectl.ok('delete pod web-1');
    await eventually(async () => expect(await uid()).not.toBe(before));
    await rolledOut();
  });

  test('a new image replaces its pods from the end, above the partition, and is undone', async () => {
    await kubectl.run(['patch', 'sts', 'web', '-p', '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}']);
    await kubectl.ok('set image sts/web web=web:2');
    const images = () => kubectl.ok('get pods -l app=web -o jsonpath={.items[*].spec.containers[*].image}');
    await eventually(async () => expect(await images()).toBe('web:1 web:1 web:2'));
    await kubectl.run(['patch', 'sts', 'web', '-p', '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}']);
    await rolledOut();
    await eventually(async () => expect(await images()).toBe('web:2 web:2 web:2'));
    expect(await kubectl.ok('rollout history sts/web')).toMatch(/^1 +<none>\n2 +<none>$/m);
    await kubectl.ok('rollout undo sts/web');
    await rolledOut();
    await eventually(async () => expect(await images()).toBe('web:1 web:1 web:1'));
  });

  test('it shrinks from its end, and takes its pods with it', async () => {
    await kubectl.ok('scale sts web --replicas=1');
    await eventually(async () => expect(await pods()).toBe('pod/web-0\n'));
    await kubectl.ok('delete sts web --timeout=20s');
    await eventually(async () => expect(await kubectl.ok('get pods,controllerrevisions -l app=web -o name')).toBe(''));
  });

  test('each pod has claims, which go with the set where it says so', async () => {
    await kubectl.ok('apply -f -', STORED);
    await eventually(async () =>
      expect(await kubectl.ok('get pvc')).toMatch(/^data-db-0 +Bound +pvc-\S+ +\S+ +RWO +standard /m),
    );
    const owner = () => kubectl.ok('get pvc data-db-0 -o jsonpath={.metadata.ownerReferences[*].kind}');
    await eventually(async () => expect(await owner()).toBe('StatefulSet'));
    expect(await kubectl.ok('get pod db-0 -o jsonpath={.spec.volumes[0].persistentVolumeClaim.claimName}')).toBe(
      'data-db-0',
    );
    await kubectl.ok('delete sts db');
    await eventually(async () => expect(await kubectl.ok('get pvc,pods,pv -o name')).toBe(''));
  });
});
