/** Probes of all four kinds and lifecycle hooks: agent, containerd and kubectl are real. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

const OFTEN = { periodSeconds: 1, failureThreshold: 1 };
const NGINX = { image: 'nginx:1.14.2', command: undefined };

describeOnNode('probes and hooks', (rig) => {
  const container = async (name: string) => (await rig.pod(name)).status?.containerStatuses?.[0];
  const events = (name: string) => rig.ok(`events --for pod/${name}`);

  test('a pod is ready while its page is there (httpGet)', async () => {
    await rig.apply('page', { ...NGINX, readinessProbe: { ...OFTEN, httpGet: { path: '/ready', port: 80 } } });
    await eventually(async () => expect(await events('page')).toContain('HTTP probe failed with statuscode: 404'));
    expect(await container('page')).toMatchObject({ ready: false, state: { running: {} } });
    await rig.inside('page', 'touch', '/usr/share/nginx/html/ready');
    await rig.ready('page');
    await rig.inside('page', 'rm', '/usr/share/nginx/html/ready');
    await eventually(async () => expect(await container('page')).toMatchObject({ ready: false, restartCount: 0 }));
  });

  test('a container that says it is dead is killed and started anew (exec)', async () => {
    await rig.apply('alive', { livenessProbe: { ...OFTEN, exec: { command: ['test', '!', '-e', '/tmp/dead'] } } });
    await rig.ready('alive');
    await rig.inside('alive', 'touch', '/tmp/dead');
    await eventually(async () => expect(await container('alive')).toMatchObject({ restartCount: 1, ready: true }));
    const told = await events('alive');
    expect(told).toContain('Liveness probe failed');
    expect(told).toContain('Container c failed liveness probe, will be restarted');
  });

  test('a container has started when its port is open (tcpSocket)', async () => {
    const command = ['sh', '-c', 'sleep 2; httpd -f -p 8080 -h /tmp'];
    await rig.apply('port', {
      command,
      startupProbe: { periodSeconds: 1, failureThreshold: 20, tcpSocket: { port: 8080 } },
    });
    await eventually(async () => expect(await container('port')).toMatchObject({ started: false, ready: false }));
    await rig.ready('port');
    expect(await container('port')).toMatchObject({ started: true, restartCount: 0 });
  });

  test('a service that serves is ready, and one that does not is not (grpc)', async () => {
    const health = await healthServer();
    try {
      // With the host's network the pod has the node's address, where this test serves.
      const grpcOf = (service: string) => ({ ...OFTEN, grpc: { port: health.port, service } });
      await rig.apply('good', { readinessProbe: grpcOf('good') }, { hostNetwork: true });
      await rig.apply('bad', { readinessProbe: grpcOf('bad') }, { hostNetwork: true });
      await rig.ready('good');
      await eventually(async () =>
        expect(await events('bad')).toContain('service unhealthy (responded with "NOT_SERVING")'),
      );
      expect(await container('bad')).toMatchObject({ ready: false });
    } finally {
      health.close();
    }
  });

  test('hooks run after the start and before the end, within the grace period', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'islet-hooks-'));
    const told = () => readFileSync(join(folder, 'told'), 'utf8');
    try {
      const tell = (text: string) => ({ exec: { command: ['sh', '-c', `echo ${text} >> /node/told`] } });
      const mount = { volumeMounts: [{ name: 'node', mountPath: '/node' }] };
      const lifecycle = { postStart: tell('started'), preStop: tell('stopping') };
      const volumes = [{ name: 'node', hostPath: { path: folder, type: 'Directory' } }];
      await rig.apply('hooks', { ...mount, lifecycle }, { volumes });
      await rig.ready('hooks');
      expect(told()).toBe('started\n');
      await rig.ok('delete pod hooks --timeout=20s');
      expect(told()).toBe('started\nstopping\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a container whose first step fails is killed, and why is told', async () => {
    await rig.apply('broken', { lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo no >&2; exit 9'] } } } });
    await eventually(async () => {
      expect(await events('broken')).toMatch(/FailedPostStartHook/);
      expect((await container('broken'))?.restartCount).toBeGreaterThan(0);
    });
  });
});

/** grpc.health.v1 by hand: a message of one string, answered by a message of one number. */
async function healthServer(): Promise<{ port: number; close(): void }> {
  const server = new grpc.Server();
  const NOT_SERVING = 2;
  server.addService(
    {
      Check: {
        path: '/grpc.health.v1.Health/Check',
        requestStream: false,
        responseStream: false,
        requestSerialize: (service: string) => Buffer.from(service),
        requestDeserialize: (message: Buffer) => message.toString('utf8', 2),
        responseSerialize: (status: number) => Buffer.from([8, status]),
        responseDeserialize: (message: Buffer) => message[1] ?? 0,
      },
    },
    {
      Check(call: grpc.ServerUnaryCall<string, number>, answer: grpc.sendUnaryData<number>) {
        answer(null, call.request === 'good' ? 1 : NOT_SERVING);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('0.0.0.0:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}
