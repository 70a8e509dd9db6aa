/** Headlamp's server, on a machine that has joined: a shell, a log and a forwarded port of a real container. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../eventually.ts';
import { describeOnNode, type RealNode } from '../nodes/machine.ts';
import { HEADLAMP, type Headlamp, startHeadlamp } from './headlamp.ts';

const SERVE = 'mkdir /www; echo found > /www/index.html; echo serving; exec httpd -f -p 8080 -h /www';
const POD = '/api/v1/namespaces/default/pods/web';
const LIMIT = 60_000;

function defineSuite(rig: RealNode): void {
  let headlamp: Headlamp;
  beforeAll(async () => {
    headlamp = await startHeadlamp(await rig.machine.cluster(), rig.machine.folder);
    await rig.apply('web', { command: ['sh', '-c', SERVE] });
    await rig.ready('web');
  }, 120_000);
  afterAll(() => headlamp?.stop());

  /** A socket as its page opens one. */
  function open(path: string, protocols: readonly string[] = []): WebSocket {
    const url = headlamp.cluster.replace('http', 'ws') + POD + path;
    return new WebSocket(url, ['base64.binary.k8s.io', ...protocols], { headers: headlamp.headers });
  }

  test('a shell answers what is typed', async () => {
    const names = ['v4', 'v3', 'v2'].map((version) => `${version}.channel.k8s.io`);
    const socket = open('/exec?container=c&command=sh&stdin=1&stderr=1&stdout=1&tty=1', [...names, 'channel.k8s.io']);
    let shown = '';
    socket.on('message', (data: Buffer) => (shown += data.subarray(1).toString()));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    expect(socket.protocol).toBe('v4.channel.k8s.io');
    socket.send(Buffer.from('\0echo $((6 * 7))\n'));
    await eventually(() => expect(shown).toMatch(/^42\r?$/m), LIMIT).finally(() => socket.terminate());
  }, 90_000);

  test('a log comes as base64', async () => {
    const socket = open('/log?container=c&follow=true&tailLines=10');
    let log = '';
    socket.on('message', (data) => (log += Buffer.from(String(data), 'base64')));
    await eventually(() => expect(log).toBe('serving\n'), LIMIT).finally(() => socket.terminate());
  }, 90_000);

  test('a port is forwarded', async () => {
    const body = JSON.stringify({ cluster: 'islet', namespace: 'default', pod: 'web', targetPort: '8080' });
    const headers = { ...headlamp.headers, 'content-type': 'application/json' };
    const answer = await fetch(`${headlamp.cluster}/portforward`, { method: 'POST', headers, body });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([200, expect.stringContaining('"port"')]);
    const { port } = JSON.parse(text) as { port: string };
    await eventually(
      async () => expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('found\n'),
      LIMIT,
    );
  }, 90_000);
}

if (HEADLAMP) describeOnNode('Headlamp on a node', defineSuite);
else test.skip('Headlamp on a node', () => {});
