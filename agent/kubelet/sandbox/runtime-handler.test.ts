import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { type Api, ApiError } from '../../api/client.ts';
import type { RuntimeHandler, RuntimeStatus } from '../../runtimes/runtime.ts';
import { runtimeHandler } from './runtime-handler.ts';

const api: Api = {
  async request<T>(_method: string, path: string) {
    if (path.endsWith('/runtimeclasses/sandboxed')) return { handler: 'runsc' } as T;
    throw new ApiError(404, 'not found');
  },
};
const handlerOf = (spec: object, handlers: RuntimeHandler[] = []) =>
  runtimeHandler({ metadata: {}, spec } as unknown as Pod, api, {
    status: async () => ({ handlers }) as unknown as RuntimeStatus,
  });

test('a RuntimeClass names the handler, and one that is not there stops the sandbox', async () => {
  expect(await handlerOf({})).toBe('');
  expect(await handlerOf({ runtimeClassName: 'sandboxed' })).toBe('runsc');
  await expect(handlerOf({ runtimeClassName: 'gone' })).rejects.toThrow('runtimeclass.node.k8s.io "gone" not found');
});

test('a pod that wants users of its own does not run with the node’s', async () => {
  await expect(handlerOf({ hostUsers: false })).rejects.toThrow(
    "can't set `spec.hostUsers: false`, runtime does not support user namespaces",
  );
  await expect(handlerOf({ hostUsers: false, runtimeClassName: 'sandboxed' })).rejects.toThrow(
    'RuntimeClass handler "runsc" does not support user namespaces',
  );
  const able = { name: '', userNamespaces: true, recursiveReadOnly: false };
  await expect(handlerOf({ hostUsers: false }, [able])).rejects.toThrow('not built into this node agent yet');
  expect(await handlerOf({ hostUsers: true })).toBe('');
});
