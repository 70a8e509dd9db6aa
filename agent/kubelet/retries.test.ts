import { expect, test } from 'vitest';
import { NodeRig, pod } from '../testing/node-rig.ts';

/** The runtime's field stays as it is, whatever the runtime does. */
const stays = (object: object, field: string, value: unknown) =>
  Object.defineProperty(object, field, { get: () => value, set: () => {}, enumerable: true });

/** What the runtime is given to keep goes through `change` before. */
function altered<T extends object>(kept: Map<string, T>, change: (object: T) => void): void {
  const set = kept.set.bind(kept);
  kept.set = (id, object) => {
    change(object);
    return set(id, object);
  };
}

/** A node on which a call that works is made ten thousand times at most. */
async function rigWith(prepare: (rig: NodeRig) => void): Promise<NodeRig> {
  const rig = new NodeRig();
  prepare(rig);
  rig.cluster.create(pod('web'));
  rig.startAgent();
  rig.steps.fault = () => (rig.steps.calls.length > 10_000 ? new Promise(() => {}) : undefined);
  return rig;
}

/** Within a minute. */
async function calls(rig: NodeRig, name: string): Promise<number> {
  const before = rig.acts().length;
  await rig.clock.advance(60_000);
  return rig.acts().filter((act, at) => at >= before && act.startsWith(name)).length;
}

test('A sandbox that dies when it has started is replaced ever more slowly', async () => {
  await using rig = await rigWith(({ runtime }) =>
    altered(runtime.sandboxes, (sandbox) => stays(sandbox, 'ready', false)),
  );
  // After 0.5, 1, 2, 4, 8, 16 and 32 s.
  expect(await calls(rig, 'runSandbox')).toBe(7);
});

test('A kill and a stop that work without effect are repeated ever more slowly', async () => {
  for (const stuck of ['container', 'sandbox']) {
    await using rig = await rigWith(() => {});
    await rig.untilPhase('Running');
    if (stuck === 'container') rig.runtime.exit = () => {};
    else for (const sandbox of rig.runtime.sandboxes.values()) stays(sandbox, 'ready', true);
    rig.cluster.delete('web');
    expect(await calls(rig, stuck === 'container' ? 'stopContainer' : 'stopSandbox')).toBe(7);
  }
});

test('A container that stays as created though its start worked is started anew every few seconds', async () => {
  await using rig = await rigWith(({ runtime }) =>
    altered(runtime.containers, (container) => stays(container, 'state', 'created')),
  );
  expect(await calls(rig, 'startContainer')).toBeLessThan(15);
});

test('A sandbox that lasts for a while is replaced at once when it dies', async () => {
  await using rig = await rigWith(() => {});
  await rig.untilPhase('Running');
  for (let times = 1; times <= 3; times++) {
    await rig.clock.advance(130_000);
    for (const { id, ready } of rig.runtime.sandboxes.values()) if (ready) rig.runtime.kill(id);
    await rig.clock.advance(1_000);
    expect(rig.acts().filter((act) => act === 'runSandbox web')).toHaveLength(times + 1);
  }
});
