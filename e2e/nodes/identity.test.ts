/** A pod reaches the API of its cluster with the token, addresses and certificates in its container. */
import { get } from 'node:https';
import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

describeOnNode('identity', (rig) => {
  const read = (pod: string, file: string) => rig.inside(pod, 'cat', `${FOLDER}/${file}`);

  test('a pod reaches its cluster with token, roots, host and port alone, until it is gone', async () => {
    await rig.ok('create serviceaccount robot');
    await rig.ok('create role reader --verb=get --resource=pods');
    await rig.ok('create rolebinding reader --role=reader --serviceaccount=default:robot');
    await rig.apply('caller', {}, { serviceAccountName: 'robot' });
    await rig.ready('caller');
    const [token, ca] = [await read('caller', 'token'), await read('caller', 'ca.crt')];
    expect(await read('caller', 'namespace')).toBe('default');
    const { uid } = (await rig.pod('caller')).metadata;
    expect(decodeJwt(token)['kubernetes.io']).toMatchObject({
      pod: { name: 'caller', uid },
      warnafter: expect.any(Number),
    });

    const env = await rig.inside('caller', 'env');
    const of = (name: string) => new RegExp(`^KUBERNETES_SERVICE_${name}=(.+)$`, 'm').exec(env)?.[1] ?? '';
    const ask = (path: string) =>
      new Promise<{ status?: number; body: Record<string, unknown> }>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` };
        get({ host: of('HOST'), port: of('PORT'), path, ca, headers }, (answer) => {
          let text = '';
          answer.on('data', (chunk) => (text += chunk));
          answer.on('end', () => resolve({ status: answer.statusCode, body: JSON.parse(text) }));
        }).on('error', reject);
      });
    const own = '/api/v1/namespaces/default/pods/caller';
    expect(await ask(own)).toMatchObject({ status: 200, body: { metadata: { name: 'caller', uid } } });
    expect((await ask('/api/v1/namespaces/default/secrets')).body.message).toContain(
      'User "system:serviceaccount:default:robot" cannot list resource "secrets"',
    );
    await rig.ok('delete pod caller --now');
    await eventually(async () => expect((await ask(own)).status).toBe(401));
  });
});
