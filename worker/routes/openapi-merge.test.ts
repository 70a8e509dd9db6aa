import { expect, test } from 'vitest';
import type { EdgeResponse } from '../env.ts';
import { aggregatedJson, swaggerJson } from './openapi-merge.ts';

const FILE = {
  swagger: '2.0',
  info: { title: 'Kubernetes', version: 'v1' },
  paths: { '/api/': { get: { operationId: 'getCoreAPIVersions' } } },
  definitions: { a: { type: 'object' } },
};

test('fields of an aggregated API that are called as the parts of the document stay where they are', async () => {
  const definitions = { b: { type: 'string', properties: { c: {}, definitions: { paths: {} } } } };
  const tricky = { a: { '}': '},"definitions":{' }, definitions: { x: { y: 'z\\"}' } }, paths: {} };
  const paths = { '/apis/back.dev/v1/': { get: { operationId: 'x', 'x-tricky': tricky } } };
  const own = { swagger: '2.0', info: FILE.info, paths: {}, definitions: {} };
  const text = JSON.stringify({ own, aggregated: [{ paths, definitions }] });
  const file = JSON.stringify(FILE);
  const joined = await swaggerJson(new Response(file) as unknown as EdgeResponse, aggregatedJson(text, file));
  expect(JSON.parse(joined ?? '')).toEqual({
    ...FILE,
    paths: { ...paths, ...FILE.paths },
    definitions: { ...FILE.definitions, ...definitions },
  });
});

test('paths without definitions of their own are added', async () => {
  const part = JSON.stringify({ ...FILE, paths: { '/apis/back.dev/v1/': {} }, definitions: {} });
  const joined = await swaggerJson(new Response(JSON.stringify(FILE)) as unknown as EdgeResponse, part);
  expect(JSON.parse(joined ?? '')).toEqual({ ...FILE, paths: { '/apis/back.dev/v1/': {}, ...FILE.paths } });
});

test('a part without paths adds nothing', async () => {
  const part = JSON.stringify({ ...FILE, paths: {}, definitions: {} });
  expect(await swaggerJson(new Response(JSON.stringify(FILE)) as unknown as EdgeResponse, part)).toBeUndefined();
});
