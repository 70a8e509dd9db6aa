/** A real machine as a node: joined by the printed command, its pods run by containerd, asked by a real kubectl. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { nodeClaims } from '../../durable-objects/tenancy/claims.ts';
import type { Node } from '../../kube/types.ts';
import { keySetFrom } from '../../wire/tokens.ts';
import { eventually } from '../eventually.ts';
import { get } from '../workerd/service.ts';
import { describeOnNode } from './machine.ts';

/** Some ten seconds of one CPU. */
const COUNT = 'i=0; while [ $i -lt 6000000 ]; do i=$((i+1)); done';
const DAY = 24 * 3600_000;

const WEB = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default}
spec:
  volumes: [{name: shared, emptyDir: {}}]
  initContainers:
  - name: first
    image: busybox:1.36
    command: [sh, -c, 'echo one >> /shared/order; echo the first is done']
    volumeMounts: [{name: shared, mountPath: /shared}]
  - name: second
    image: busybox:1.36
    command: [sh, -c, 'echo two >> /shared/order']
    volumeMounts: [{name: shared, mountPath: /shared}]
  containers:
  - name: nginx
    image: nginx:1.14.2
    volumeMounts: [{name: shared, mountPath: /usr/share/nginx/html/shared}]
`;

describeOnNode('a node', (rig) => {
  const node = () => rig.json<Node>('get node real-1');
  const pod = (name: string) => rig.pod(name);
  const ready = async () => (await node()).status?.conditions?.find(({ type }) => type === 'Ready');

  beforeAll(async () => {
    await rig.ok('apply -f -', WEB);
    await rig.ready('web');
  });

  test('the machine appears as a node with what it really is, and becomes ready', async () => {
    await eventually(async () => expect(await ready()).toMatchObject({ status: 'True', reason: 'KubeletReady' }));
    const { status, spec } = await node();
    expect(status?.nodeInfo).toMatchObject({
      containerRuntimeVersion: expect.stringMatching(/^containerd:\/\/\d/),
      kubeletVersion: 'v1.36.3+islet',
      operatingSystem: 'linux',
    });
    expect(Number(status?.capacity?.cpu)).toBeGreaterThan(0);
    expect(spec?.podCIDR).toMatch(/^10\.244\.\d+\.0\/24$/);
  });

  test('a pod goes there and not to the simulated node, runs its init containers in order, and gets an address', async () => {
    const { spec, status } = await pod('web');
    expect(spec?.nodeName).toBe('real-1');
    expect(status?.phase).toBe('Running');
    expect(status?.podIP).toMatch(/^10\.244\./);
    expect(await (await fetch(`http://${status?.podIP}/shared/order`)).text()).toBe('one\ntwo\n');
    const events = await rig.ok('events --for pod/web');
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started']) expect(events).toContain(reason);
  });

  test('top shows what its containers use, and the machine', async () => {
    await rig.ok('exec web -c nginx -- sh -c true');
    const busy = rig.start(['exec', 'web', '-c', 'nginx', '--', 'sh', '-c', COUNT]);
    await eventually(async () => {
      expect(await rig.ok('top pod web --containers')).toMatch(/^web +nginx +[1-9]\d{2,}m +[1-9]\d*Mi/m);
    }, 30_000);
    busy.kill();
    expect(await rig.ok('top node real-1')).toMatch(/^real-1 +[1-9]\d*m +\d+% +[1-9]\d*Mi +\d+%/m);
    const path = '/islet/v1/usage-hour?node=real-1';
    const { minutes } = await get<{ minutes: (number[] | null)[] }>(await rig.machine.cluster(), path);
    expect(minutes.find((minute) => minute !== null)).toEqual([expect.any(Number), expect.any(Number)]);
  });

  test('logs come over a WebSocket, as bytes or in base64', async () => {
    const read = async (query: string, protocols: string[]) => {
      const { server, ca, token } = await rig.machine.cluster();
      const url = `${server.replace('https', 'wss')}/api/v1/namespaces/default/pods/web/log?${query}`;
      const headers = { authorization: `Bearer ${token}` };
      const socket = new WebSocket(url, protocols, { ca, headers });
      const messages: string[] = [];
      socket.on('message', (data, isBinary) => messages.push(`${isBinary ? 'bytes' : 'text'}:${data}`));
      const code = await new Promise((resolve) =>
        socket
          .once('close', resolve)
          .once('unexpected-response', (_, { statusCode }) => resolve(statusCode))
          .on('error', () => {}),
      );
      return [code, socket.protocol, ...messages];
    };
    expect(await read('container=first', [])).toEqual([1000, '', 'bytes:', 'bytes:the first is done\n']);
    expect(await read('container=first', ['base64.binary.k8s.io'])).toEqual([
      1000,
      'base64.binary.k8s.io',
      'text:',
      `text:${btoa('the first is done\n')}`,
    ]);
    expect(await read('container=first', ['channel.k8s.io'])).toEqual([403, '']);
    expect(await read('container=nginx&previous=true', [])).toEqual([400, '']);
  });

  test('logs show what was written, and follow what is written next', async () => {
    expect(await rig.ok('logs web -c first')).toBe('the first is done\n');
    const following = rig.start(['logs', '-f', 'web', '-c', 'nginx']);
    let followed = '';
    following.stdout.on('data', (chunk) => (followed += chunk));
    const { podIP } = (await pod('web')).status ?? {};
    await eventually(async () => {
      await fetch(`http://${podIP}/?probe`);
      expect(followed).toContain('GET /?probe');
    });
    following.kill();
    const refused = await rig.kubectl(['logs', '-p', 'web', '-c', 'nginx']);
    expect(refused.stderr).toContain('previous terminated container "nginx" in pod "web" not found');
  });

  test('exec gives in- and output, exit codes, and errors in the words of the runtime', async () => {
    const exec = (...command: string[]) => ['exec', '-i', 'web', '-c', 'nginx', '--', ...command];
    expect((await rig.kubectl(exec('cat'), 'hello')).stdout.toString()).toBe('hello');
    const failed = await rig.kubectl(exec('sh', '-c', 'echo to stderr >&2; exit 7'));
    expect(failed).toMatchObject({ code: 7, stderr: expect.stringContaining('to stderr') });
    const missing = await rig.kubectl(exec('no-such-program'));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('executable file not found');
  });

  test('port-forward reaches a port of the pod, and cp copies a file into it', async () => {
    const forward = rig.start(['port-forward', 'pod/web', ':80']);
    let said = '';
    forward.stdout.on('data', (chunk) => (said += chunk));
    const port = await eventually(() => {
      const match = /127\.0\.0\.1:(\d+) -> 80/.exec(said);
      if (!match) throw new Error(said);
      return match[1];
    });
    expect(await (await fetch(`http://127.0.0.1:${port}/shared/order`)).text()).toBe('one\ntwo\n');
    forward.kill();
    const file = rig.machine.kubeconfig;
    await rig.ok(`cp ${file} web:/tmp/copy -c nginx`);
    const copied = await rig.kubectl(['exec', 'web', '-c', 'nginx', '--', 'cat', '/tmp/copy']);
    expect(copied.stdout.toString()).toBe(readFileSync(file, 'utf8'));
  });

  test('a container that fails is restarted with back-off, and what it said last is shown', async () => {
    const command = ['sh', '-c', 'echo why > /dev/termination-log; exit 3'];
    const spec = { containers: [{ name: 'c', image: 'busybox:1.36', command }] };
    await rig.apply('crash', {}, spec);
    await eventually(async () => {
      const status = (await pod('crash')).status?.containerStatuses?.[0];
      expect(status).toMatchObject({
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'why\n' } },
      });
    });
  });

  test('an agent that is killed turns its node NotReady after the grace period, and one that starts again adopts its pods', {
    timeout: 150_000,
  }, async () => {
    const before = await pod('web');
    await rig.killAgent();
    await eventually(async () => {
      expect(await ready()).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown' });
      const taints = (await node()).spec?.taints ?? [];
      expect(taints.map(({ key }) => key)).toContain('node.kubernetes.io/unreachable');
    }, 75_000);
    const cut = await rig.kubectl(['exec', 'web', '-c', 'nginx', '--', 'true']);
    expect(cut.code).not.toBe(0);
    expect(cut.stderr).toContain('node "real-1" is not connected');
    await rig.startAgent();
    await eventually(async () => expect(await ready()).toMatchObject({ status: 'True' }));
    await eventually(async () =>
      expect((await rig.kubectl(['exec', 'web', '-c', 'nginx', '--', 'true'])).code).toBe(0),
    );
    const after = await pod('web');
    expect(after.status?.containerStatuses?.[0]?.containerID).toBe(before.status?.containerStatuses?.[0]?.containerID);
    expect(after.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(after.status?.podIP).toBe(before.status?.podIP);
  });

  test('an agent whose token nears its end renews it, and stays', async () => {
    await rig.killAgent();
    const file = join(rig.machine.folder, 'agent', 'node.json');
    const kept = () => JSON.parse(readFileSync(file, 'utf8')) as { server: string; token: string };
    const { server } = kept();
    const now = Date.now();
    const old = { ...nodeClaims(server.split('/').at(-1) ?? '', 'real-1', { jti: 'old', now: now - 340 * DAY }) };
    const key = readFileSync(join(rig.machine.state, 'signing-key.json'), 'utf8');
    const token = await keySetFrom(key).sign(old);
    writeFileSync(file, JSON.stringify({ ...kept(), token }));
    const agent = await rig.startAgent();
    await eventually(() => expect(agent.output).toContain("renewed the node's token, which is good until"));
    const [, claims = ''] = kept().token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).exp).toBeGreaterThan((now + 360 * DAY) / 1000);
    await eventually(async () => expect(await ready()).toMatchObject({ status: 'True' }));
    await eventually(() => rig.ok('exec web -c nginx -- true'));
    expect(agent.output).not.toContain('warn');
  });

  test('a deleted pod is stopped within its grace period, and gone', async () => {
    const stubborn = ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];
    await rig.apply('stubborn', { command: stubborn });
    await rig.ready('stubborn');
    await rig.ok('delete pod stubborn --grace-period=2 --timeout=20s');
    const { stderr } = await rig.kubectl(['get', 'pod', 'stubborn']);
    expect(stderr).toContain('NotFound');
  });
});
