/** Strangers: tokens of other clusters, and requests that no client makes, on the real service. */
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { send } from '../../cli/local/client.ts';
import { Machine } from './service.ts';

test('a token opens its own cluster only, and malformed requests are answered', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const own = await machine.cluster();
  await (await machine.account()).create('other', 0);
  const other = await machine.cluster('other');
  const service = own.server.slice(0, own.server.indexOf('/clusters/'));
  const status = async (server: string, method: string, path: string) =>
    (await send({ ...own, server }, method, path)).status;

  expect(await status(own.server, 'GET', '/api/v1/namespaces')).toBe(200);
  expect(await status(other.server, 'GET', '/api/v1/namespaces')).toBe(401);
  expect(await status(service, 'GET', '/islet/v1/clusters')).toBe(401);
  // Go's server takes no such path, with or without a token.
  expect(await status(service, 'DELETE', '/islet/v1/clusters/%zz')).toBe(400);
  const malformed = await send(own, 'GET', '/api/v1/namespaces/%zz');
  expect(malformed.status).toBe(400);
  expect(JSON.parse(malformed.text)).toMatchObject({ reason: 'BadRequest', message: 'invalid URL escape "%zz"' });
  // A watch that the edge does not see, a socket that is none, and a GET with a body.
  expect(await status(own.server, 'GET', '/api/v1/pods?%77atch=1')).toBe(400);
  expect(await status(own.server, 'GET', '/islet/v1/socket')).toBe(400);
  const withBody = new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${own.token}`, 'content-length': 2 };
    const get = request(`${own.server}/api/v1/namespaces`, { ca: own.ca, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    get.on('error', reject);
    get.end('{}');
  });
  expect(await withBody).toBe(200);
});
