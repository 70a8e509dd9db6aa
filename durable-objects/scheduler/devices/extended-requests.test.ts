import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { extendedRequests } from './extended-requests.ts';

const GPU = 'example.com/gpu';
const container = (name: string, gpus: number, more: object = {}) => ({
  name,
  image: 'x',
  resources: { requests: { cpu: '1', [GPU]: String(gpus) } },
  ...more,
});

/** `container: request` of each mapping, and `request: count` of each request. */
function asked(spec: object): { mappings: string[]; requests: string[] } {
  const { mappings, requests } = extendedRequests({ spec } as unknown as Pod, new Map([[GPU, 'gpu']]));
  return {
    mappings: mappings.map(({ containerName, requestName }) => `${containerName}: ${requestName}`),
    requests: requests.map(({ name, exactly }) => `${name}: ${exactly?.count}`),
  };
}

test('each container that runs all the time has devices of its own, by the place of the resource among its requests', () => {
  const spec = {
    initContainers: [container('side', 1, { restartPolicy: 'Always' })],
    containers: [container('a', 2), container('none', 0), container('b', 1)],
  };
  expect(asked(spec)).toEqual({
    mappings: ['side: container-0-request-1', 'a: container-1-request-1', 'b: container-3-request-1'],
    requests: ['container-0-request-1: 1', 'container-1-request-1: 2', 'container-3-request-1: 1'],
  });
});

test('containers that run one after another use the devices of those that come later, and share what is missing', () => {
  const spec = {
    initContainers: [container('few', 1), container('most', 4), container('more', 3)],
    containers: [container('a', 2)],
  };
  expect(asked(spec)).toEqual({
    mappings: [
      'a: container-3-request-1',
      'few: container-3-request-1',
      'most: container-3-request-1',
      'most: container-1-request-1',
      'more: container-3-request-1',
      'more: container-1-request-1',
    ],
    requests: ['container-1-request-1: 2', 'container-3-request-1: 2'],
  });
});
