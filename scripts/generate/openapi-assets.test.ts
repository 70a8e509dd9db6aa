import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { kinds } from '../../kube/kinds/index.ts';
import { openApiV2, type Swagger } from '../../kube/machinery/openapi/v2.ts';
import { connectOptions, publishedDescriptions } from './descriptions.ts';

/** `metrics.k8s.io` is another server's upstream. */
const upstreams = kinds.filter(({ group }) => group !== 'metrics.k8s.io');

test('a connection takes the parameters of its kind of options', () => {
  const { paths, parameters } = openApiV2(upstreams, publishedDescriptions(), connectOptions());
  const exec = paths['/api/v1/namespaces/{namespace}/pods/{name}/exec'];
  expect(exec?.parameters).toContainEqual({ $ref: '#/parameters/command-Py3eQybp' });
  expect(parameters?.['command-Py3eQybp']).toMatchObject({ name: 'command', in: 'query', type: 'string' });
  const log = paths['/api/v1/namespaces/{namespace}/pods/{name}/log'];
  expect(log?.parameters).toContainEqual({ $ref: '#/parameters/tailLines-9xQLWHMV' });
});

test('a definition has the texts, values and extensions that are published', () => {
  const { definitions } = openApiV2(upstreams, publishedDescriptions());
  const pod = definitions['io.k8s.api.core.v1.PodSpec']?.properties as Record<string, object>;
  expect(pod.restartPolicy).toMatchObject({
    description: expect.stringContaining('Possible enum values:'),
    enum: ['Always', 'Never', 'OnFailure'],
  });
  expect(definitions['io.k8s.api.core.v1.SeccompProfile']).toHaveProperty('x-kubernetes-unions');
  expect(definitions['io.k8s.api.core.v1.PodList']?.properties).not.toHaveProperty('items.x-kubernetes-list-type');
  expect(definitions['io.k8s.api.autoscaling.v1.ScaleSpec']?.properties).not.toHaveProperty('replicas.default');
});

const swaggerFile = process.env.ISLET_SWAGGER;

test.skipIf(!swaggerFile)('the document of version 2 is the one that ISLET_SWAGGER names', () => {
  const bytes = readFileSync(swaggerFile ?? '');
  const published = JSON.parse((swaggerFile?.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Swagger;
  const ours = openApiV2(upstreams, publishedDescriptions(), connectOptions());
  expect(ours.paths).toEqual(published.paths);
  expect(ours.definitions).toEqual(published.definitions);
  expect({ ...ours, paths: 0, definitions: 0 }).toEqual({ ...published, paths: 0, definitions: 0 });
});
