/** Simulated nodes and pods with a real kubectl: Islet serves metrics.k8s.io for them, and refuses to enter them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'busy',
    labels: { app: 'busy' },
    annotations: { 'islet.dev/simulated-cpu': '250m', 'islet.dev/simulated-memory': '64Mi' },
  },
  spec: {
    containers: [
      { name: 'app', image: 'a' },
      { name: 'side', image: 'b' },
    ],
  },
};

describe.skipIf('skip' in found)('simulated pods', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    await kubectl.ok('apply -f -', JSON.stringify(POD));
    await kubectl.ok('wait --for=condition=Ready pod/busy --timeout=30s');
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('pods use what their annotations say, and their containers share it', async () => {
    expect(await kubectl.ok('top pod')).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\) *\nbusy +250m +64Mi *\n$/);
    expect(await kubectl.ok('top pod --containers -l app=busy')).toMatch(
      /busy +app +125m +32Mi *\nbusy +side +125m +32Mi/,
    );
    expect(await kubectl.fails('top pod nobody')).toContain('podmetrics.metrics.k8s.io "default/nobody" not found');
  });

  test('the usage of a simulated pod follows its annotation', async () => {
    await kubectl.ok('annotate pod busy islet.dev/simulated-cpu=1500m --overwrite');
    expect(await kubectl.ok('top pod busy')).toMatch(/busy +1500m +64Mi/);
  });

  test('nodes use what their pods do', async () => {
    await eventually(async () => expect(await kubectl.ok('top node')).toMatch(/sim-\d +1550m +4% +320Mi +0%/));
  });

  test('a role that reads pods reads what they use', async () => {
    expect(await kubectl.fails('top pod --as jane')).toContain('User "jane" cannot list resource "pods" in API group');
    await kubectl.ok('create rolebinding jane --clusterrole=view --user=jane');
    await eventually(async () => expect(await kubectl.ok('top pod busy --as jane')).toMatch(/busy +1500m +64Mi/));
  });

  test('the API is found, and its objects are printed', async () => {
    expect(await kubectl.ok('api-resources --api-group=metrics.k8s.io')).toMatch(
      /nodes +metrics.k8s.io\/v1beta1 +false +NodeMetrics\npods +metrics.k8s.io\/v1beta1 +true +PodMetrics/,
    );
    expect(await kubectl.ok('get apiservice v1beta1.metrics.k8s.io')).toMatch(/v1beta1.metrics.k8s.io +Local +True/);
    expect(await kubectl.ok('get pods.metrics.k8s.io')).toMatch(/^NAME +CPU +MEMORY +WINDOW\nbusy +1500m +64Mi +15s/);
    expect(await kubectl.ok('explain podmetrics.containers --api-version=metrics.k8s.io/v1beta1')).toContain('usage');
  });

  test('logs are what the annotations say, with --tail, --timestamps and --previous, and followed to their end', async () => {
    const steering = ['logs=begun\\nserving', 'log-interval=1', 'exit-after=4', 'exit-code=3'];
    const annotations = Object.fromEntries(
      steering
        .map((each) => each.split('='))
        .map(([name, text]) => [`islet.dev/simulated-${name}`, text?.replace('\\n', '\n')]),
    );
    const spec = { containers: [{ name: 'app', image: 'a' }] };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'talks', labels: { app: 'talks' }, annotations },
      spec,
    };
    await kubectl.ok('apply -f -', JSON.stringify(pod));
    await kubectl.ok('wait --for=condition=Ready pod/talks --timeout=30s');
    expect(await kubectl.ok('logs -f talks')).toBe('begun\nserving\n');
    await eventually(async () => expect(await kubectl.ok('logs talks --previous --tail=1')).toBe('serving\n'));
    expect(await kubectl.ok('logs -l app=talks --prefix --timestamps --tail=1')).toMatch(
      /^\[pod\/talks\/app\] \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000000Z (begun|serving)\n$/,
    );
    expect(await kubectl.fails('logs talks -c other')).toContain('container other is not valid for pod talks');
  });

  test('exec and logs say what to do instead', async () => {
    for (const line of ['logs busy -c app', 'exec busy -c app -- ls']) {
      expect(await kubectl.fails(line)).toContain('simulated');
    }
  });
});
