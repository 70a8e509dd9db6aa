import { expect, test } from 'vitest';
import type { Attributes } from './attributes.ts';
import { makeControllerAuthority } from './controllers.ts';

const NAME = 'system:serviceaccount:kube-system:replicaset-controller';
const authority = makeControllerAuthority(
  new Map([[NAME, [{ verbs: ['create'], groups: [''], resources: ['pods', 'pods/status'] }]]]),
);
const asks = (more: Partial<Attributes>, name = NAME) =>
  authority({
    user: { name, groups: [] },
    verb: 'create',
    isResource: true,
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'default',
    name: '',
    path: '',
    ...more,
  });

test('a controller does its own work, and no other', () => {
  expect(asks({})).toBe('allow');
  expect(asks({ subresource: 'status' })).toBe('allow');
  expect(asks({ subresource: 'binding' })).toBeUndefined();
  expect(asks({ resource: 'secrets' })).toBeUndefined();
  expect(asks({ verb: 'delete' })).toBeUndefined();
  expect(asks({}, `${NAME}-2`)).toBeUndefined();
});

test('the scheduler binds pods', () => {
  expect(asks({ subresource: 'binding' }, 'system:kube-scheduler')).toBe('allow');
  expect(asks({}, 'system:kube-scheduler')).toBeUndefined();
});
