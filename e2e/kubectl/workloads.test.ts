/** A newcomer's way with a Deployment, with a real kubectl, in the order of the documentation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl, NGINX_DEPLOYMENT } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

interface PodList {
  items: { metadata: { name: string; uid: string }; spec: { nodeName?: string }; status: { phase: string } }[];
}

describe.skipIf('skip' in found)('a Deployment, from apply to delete', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  const running = (selector: string) =>
    kubectl
      .json<PodList>(`get pods -l ${selector}`)
      .then(({ items }) => items.filter(({ status }) => status.phase === 'Running'));
  const rolledOut = () => kubectl.ok('rollout status deploy/nginx-deployment --timeout=20s');

  test('apply runs three pods on three nodes within seconds', async () => {
    expect(await kubectl.ok('apply -f -', NGINX_DEPLOYMENT)).toBe('deployment.apps/nginx-deployment created\n');
    const pods = await eventually(async () => {
      const list = await running('app=nginx');
      expect(list).toHaveLength(3);
      return list;
    });
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(3);
    expect(await kubectl.ok('apply -f -', NGINX_DEPLOYMENT)).toBe('deployment.apps/nginx-deployment unchanged\n');
  });

  test('get prints the columns of upstream, wide ones too', async () => {
    await rolledOut();
    const text = await kubectl.ok('get deploy,rs,pods -o wide');
    expect(text).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR/);
    expect(text).toMatch(/deployment.apps\/nginx-deployment +3\/3 +3 +3 +\S+ +nginx +nginx:1.14.2 +app=nginx/);
    expect(text).toMatch(/NAME +DESIRED +CURRENT +READY +AGE +CONTAINERS +IMAGES +SELECTOR/);
    expect(text).toMatch(/NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES/);
    expect(text.match(/1\/1 +Running +0 +\S+ +10\.245\.\d+\.\d+ +sim-\d +<none> +<none>/g)).toHaveLength(3);
    expect(await kubectl.ok('get nodes')).toMatch(/sim-0 +Ready +<none> +\S+ +v1\.36/);
  });

  test('describe tells of the object and of its events', async () => {
    const deployment = await kubectl.ok('describe deploy nginx-deployment');
    expect(deployment).toMatch(/Replicas: +3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable/);
    expect(deployment).toMatch(/Normal +ScalingReplicaSet .* deployment-controller +Scaled up replica set/);
    const pod = await kubectl.ok('describe pods -l app=nginx --show-events=true');
    expect(pod).toMatch(/Normal +Scheduled .* default-scheduler +Successfully assigned default\/nginx-deployment/);
    expect(pod).toMatch(/Normal +Started .* kubelet/);
    expect(await kubectl.ok('get events')).toMatch(/LAST SEEN +TYPE +REASON +OBJECT +MESSAGE/);
    expect(await kubectl.ok('events --for deployment/nginx-deployment')).toContain('ScalingReplicaSet');
  });

  test('scale is seen by a watch that was open before', async () => {
    const watch = kubectl.start(['get', 'deploy', 'nginx-deployment', '-w', '--no-headers']);
    let seen = '';
    watch.stdout?.on('data', (chunk) => (seen += chunk));
    await eventually(() => expect(seen).toContain('3/3'));
    await kubectl.ok('scale deploy nginx-deployment --replicas=5');
    await eventually(() => expect(seen).toMatch(/nginx-deployment +5\/5 +5 +5/));
    watch.kill();
    await eventually(async () => expect(await running('app=nginx')).toHaveLength(5));
  });

  test('a new image rolls out, has a history, and is undone', async () => {
    await kubectl.ok('set image deploy/nginx-deployment nginx=nginx:1.16.1');
    expect(await rolledOut()).toContain('successfully rolled out');
    const image = () =>
      kubectl.ok("get deploy nginx-deployment -o 'jsonpath={.spec.template.spec.containers[0].image}'");
    expect(await image()).toBe('nginx:1.16.1');
    expect(await kubectl.ok('rollout history deploy/nginx-deployment')).toMatch(/REVISION +CHANGE-CAUSE\n1 .*\n2 /);
    expect(await kubectl.ok('rollout undo deploy/nginx-deployment')).toContain('rolled back');
    await rolledOut();
    expect(await image()).toBe('nginx:1.14.2');
    expect(await kubectl.ok('rollout history deploy/nginx-deployment')).toMatch(/\n2 .*\n3 /);
    // Observed once and left alone: an object that is rewritten forever shows in its generation.
    const { metadata } = await kubectl.json<{ metadata: { generation: number } }>('get deploy nginx-deployment');
    expect(metadata.generation).toBeLessThan(20);
  });

  test('expose makes a Service whose endpoints are the ready pods', async () => {
    await kubectl.ok('expose deploy nginx-deployment --port 80');
    await eventually(async () => {
      const { items } = await kubectl.json<{ items: { endpoints: unknown[] }[] }>(
        'get endpointslices -l kubernetes.io/service-name=nginx-deployment',
      );
      expect(items.flatMap(({ endpoints }) => endpoints ?? [])).toHaveLength(5);
    });
    expect(await kubectl.ok('get svc nginx-deployment')).toMatch(/ClusterIP +10\.96\.\d+\.\d+ +<none> +80\/TCP/);
    expect(await kubectl.ok('get svc kubernetes')).toMatch(/10\.96\.0\.1 +<none> +443\/TCP/);
  });

  test('a Service of type LoadBalancer waits for an address until its namespace asks for a simulated one', async () => {
    await kubectl.ok('create service loadbalancer front --tcp=80');
    expect(await kubectl.ok('get svc front')).toMatch(/LoadBalancer +10\.96\.\d+\.\d+ +<pending> +80:\d+\/TCP/);
    await kubectl.ok('annotate namespace default islet.dev/simulated-load-balancer=true');
    await kubectl.ok("wait svc/front --for=jsonpath='{.status.loadBalancer.ingress[0].ip}' --timeout=20s");
    expect(await kubectl.ok('get svc front')).toMatch(/LoadBalancer +10\.96\.\d+\.\d+ +203\.0\.113\.\d+ +80:\d+\/TCP/);
    expect(await kubectl.ok('describe svc front')).toMatch(
      /EnsuredLoadBalancer .* service-controller +Ensured load balancer/,
    );
    await kubectl.ok('delete svc front');
    expect(await kubectl.fails('get svc front')).toContain('NotFound');
  });

  test('label, annotate and the three kinds of patch change what they name', async () => {
    await kubectl.ok('label deploy nginx-deployment tier=web');
    await kubectl.ok('annotate deploy nginx-deployment note=hello');
    expect(await kubectl.fails('label deploy nginx-deployment tier=other')).toContain('already has a value (web)');
    await kubectl.ok(`patch deploy nginx-deployment -p '{"spec":{"replicas":4}}'`);
    await kubectl.ok(`patch deploy nginx-deployment --type merge -p '{"metadata":{"labels":{"a":"b"}}}'`);
    await kubectl.ok(
      `patch deploy nginx-deployment --type json -p '[{"op":"replace","path":"/spec/replicas","value":2}]'`,
    );
    const { metadata, spec } = await kubectl.json<{
      metadata: { labels: Record<string, string>; annotations: Record<string, string> };
      spec: { replicas: number };
    }>('get deploy nginx-deployment');
    expect(metadata.labels).toEqual({ app: 'nginx', tier: 'web', a: 'b' });
    expect(metadata.annotations.note).toBe('hello');
    expect(spec.replicas).toBe(2);
    await rolledOut();
  });

  test('diff shows what apply would change, and nothing when it would change nothing', async () => {
    const changed = await kubectl.run(['diff', '-f', '-'], NGINX_DEPLOYMENT.replace('1.14.2', '1.27'));
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(/-\s+- image: nginx:1.14.2\n\+\s+- image: nginx:1.27/);
    await kubectl.ok('apply -f -', NGINX_DEPLOYMENT);
    expect((await kubectl.run(['diff', '-f', '-'], NGINX_DEPLOYMENT)).code).toBe(0);
  });

  test('wait returns when the condition is met', async () => {
    await kubectl.ok('wait --for=condition=Available deploy/nginx-deployment --timeout=20s');
    const waiting = kubectl.ok('wait --for=delete pod/short --timeout=20s');
    await kubectl.ok('run short --image=nginx');
    await kubectl.ok('delete pod short');
    await waiting;
  });

  test('delete takes everything that the Deployment owned with it', async () => {
    await kubectl.ok('delete deploy nginx-deployment');
    await eventually(async () => {
      const { items } = await kubectl.json('get rs,pods');
      expect(items).toEqual([]);
    });
  });
});
