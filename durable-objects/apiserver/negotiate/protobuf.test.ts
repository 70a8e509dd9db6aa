import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { JSON_FOR_PROTOBUF, LINES_FOR_PROTOBUF, PROTOBUF_TYPE } from '../../../wire/protobuf.ts';
import { WIDGET_SPEC, WIDGETS, widget } from '../../testing/widgets.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';

test('a client that accepts protobuf is answered JSON for the edge to encode, a list line by line', async () => {
  const { call, create, send } = await testApi();
  await create(MAPS, configMap('a'));
  await create(MAPS, configMap('b'));
  const headers = { accept: `${PROTOBUF_TYPE},application/json` };
  for (const line of [`GET ${MAPS}/a`, `GET ${MAPS}/nothing`, 'GET /apis', 'GET /api/v1', 'GET /api/v1/nothings']) {
    expect([line, (await call(line, { headers })).headers['content-type']]).toEqual([line, JSON_FOR_PROTOBUF]);
  }
  const { headers: listed, text } = await call(`GET ${MAPS}`, { headers });
  expect(listed['content-type']).toBe(LINES_FOR_PROTOBUF);
  const revision = Number(/^(\d+)\{"metadata"/m.exec(text)?.[1]);
  expect(text).toContain(`"resourceVersion":"${revision}"`);
  const lines = text.split('\n').map((line) => line.slice(0, 12) + line.slice(-1));
  const items = [`${revision}{"metadat,`, `${revision + 1}{"metadat}`];
  expect(lines).toEqual(['{"kind":"Con[', ...items, ']}}', '']);
  await create('/api/v1/namespaces/default/secrets', { metadata: { name: 'a' } });
  expect((await call('GET /api/v1/namespaces/default/secrets', { headers })).text).toMatch(/^\{"metadata"/m);
  expect(await send(`GET ${MAPS}?watch=1`, { headers })).toMatchObject({ type: 'watch', format: 'protobuf' });
  const table = { accept: `${PROTOBUF_TYPE};as=Table;v=v1;g=meta.k8s.io,application/json` };
  expect((await call(`GET ${MAPS}`, { headers: table })).headers['content-type']).toBe('application/json');
});

test('metadata of custom resources, which each version may have other, names no revision', async () => {
  const { call, create, kinds } = await testApi();
  kinds.define('widgets.example.com', customKinds(WIDGET_SPEC));
  await create(WIDGETS, widget('a'));
  await create(MAPS, configMap('a'));
  const headers = { accept: `${PROTOBUF_TYPE};as=PartialObjectMetadataList;v=v1;g=meta.k8s.io` };
  expect((await call(`GET ${MAPS}`, { headers })).text).toMatch(/^\d+\{"kind":"PartialObjectMetadata",/m);
  expect((await call(`GET ${WIDGETS}`, { headers })).text).toMatch(/^\{"kind":"PartialObjectMetadata",/m);
});
