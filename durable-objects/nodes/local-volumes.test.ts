import { expect, test } from 'vitest';
import type { ServerMessage } from '../../wire/socket.ts';
import { LocalVolumes } from './local-volumes.ts';

function volumes(isConnected = true) {
  const sent: ServerMessage[] = [];
  const timers: (() => void)[] = [];
  const local = new LocalVolumes({
    send: (_node, message) => {
      if (isConnected) sent.push(message);
      return isConnected;
    },
    after: (_ms, run) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
  });
  return { local, sent, timers };
}

test('an agent is asked to remove a folder, and its own answer counts alone', async () => {
  const { local, sent, timers } = volumes();
  const done = local.remove('n', '/v/pvc-1');
  expect(sent).toEqual([{ type: 'remove-volume', id: 1, path: '/v/pvc-1' }]);
  local.heard('other', { type: 'volume-removed', id: 1 });
  local.heard('n', { type: 'volume-removed', id: 2 });
  expect(timers).toHaveLength(1);
  local.heard('n', { type: 'volume-removed', id: 1 });
  await expect(done).resolves.toBeUndefined();
  expect(timers).toEqual([]);
});

test('an agent that is away, silent or fails is an error', async () => {
  await expect(volumes(false).local.remove('n', '/v')).rejects.toThrow('the agent of node n is not connected');
  const { local, timers } = volumes();
  const silent = local.remove('n', '/v');
  timers[0]?.();
  await expect(silent).rejects.toThrow('node n: the agent has not answered');
  const failed = local.remove('n', '/v');
  local.heard('n', { type: 'volume-removed', id: 2, error: 'something is mounted at /v' });
  await expect(failed).rejects.toThrow('node n: something is mounted at /v');
});
