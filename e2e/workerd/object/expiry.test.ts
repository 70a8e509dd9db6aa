/** Sockets and watches end with the token that opened them, on real hibernating sockets, while the object sleeps. */
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { ADMINISTRATOR } from '../../../wire/identity.ts';
import { keySetFrom } from '../../../wire/tokens.ts';
import { eventually } from '../../eventually.ts';
import { Cluster } from './cluster.ts';

const SECRETS = '/api/v1/namespaces/default/secrets';

async function shortToken(cluster: string, seconds: number): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  return keySetFrom(env.ISLET_SIGNING_KEY).sign({
    iss: 'islet',
    sub: ADMINISTRATOR.sub,
    groups: [...ADMINISTRATOR.groups],
    iat,
    exp: iat + seconds,
    jti: crypto.randomUUID(),
    use: 'cluster',
    cluster,
  });
}

test('a socket and a watch of a sleeping cluster end when their token expires, and no others do', async () => {
  const cluster = await Cluster.create();
  const expiring = cluster.as(await shortToken(cluster.id, 4));
  const sockets = [await expiring.socket(), await cluster.socket()] as const;
  const watches = [
    await expiring.watch(`${SECRETS}?watch=true`),
    await cluster.watch(`${SECRETS}?watch=true`),
  ] as const;
  sockets[0].subscribe(1, SECRETS);
  sockets[1].subscribe(1, SECRETS);
  await cluster.send('POST', SECRETS, { metadata: { name: 'before' } });
  await eventually(() => expect(sockets[0].events.get(1)).toHaveLength(1));
  await cluster.sleep();

  await eventually(() => expect(sockets[0].closed).toEqual([4003, 'the token has expired']));
  await eventually(() => expect(watches[0].ended).toBe(true));
  await cluster.send('POST', SECRETS, { metadata: { name: 'after' } });
  await eventually(() => expect(sockets[1].events.get(1)).toHaveLength(2));
  await eventually(() => expect(watches[1].events).toHaveLength(2));
  expect([sockets[0].events.get(1)?.length, watches[0].events.length]).toEqual([1, 1]);
  expect([sockets[1].closed, watches[1].ended]).toEqual([undefined, false]);
  sockets[1].close();
  await watches[1].close();
});
