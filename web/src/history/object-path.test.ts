import { expect, test } from 'vitest';
import { kindId, objectPath, titleOf } from './object-path.ts';

const web = { resource: 'deployments.apps', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const role = {
  resource: 'clusterroles.rbac.authorization.k8s.io',
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  namespace: '',
  name: 'system:node',
};

test('an object is found by what the history says of it', () => {
  expect(objectPath(web)).toBe('/apis/apps/v1/namespaces/shop/deployments/web');
  expect(objectPath(role)).toBe('/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode');
  expect(objectPath({ ...web, resource: 'pods', apiVersion: 'v1' })).toBe('/api/v1/namespaces/shop/pods/web');
  expect([kindId(web), titleOf(web)]).toEqual(['apps/v1/deployments', 'deployments.apps/web (shop)']);
});
