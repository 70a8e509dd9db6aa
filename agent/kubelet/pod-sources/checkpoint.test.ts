import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settle } from '../../testing/fake-clock.ts';
import { NodeRig, pod } from '../../testing/node-rig.ts';

test('An agent that starts without its cluster goes on with the pods it knew', async () => {
  await using rig = new NodeRig();
  for (const name of ['web', 'gone']) rig.cluster.create(pod(name));
  rig.startAgent();
  for (const name of ['web', 'gone']) await rig.untilReady(name);
  await rig.clock.advance(2_000);
  rig.cluster.reachable = false;
  const run = rig.startAgent();
  for (const { id } of rig.runtime.running()) rig.runtime.exit(id, 1);
  await rig.until('running again', () => rig.runtime.running().length === 2, 20);
  expect(run.logged).toContain('the cluster is not heard: going on with 2 pods as they were known last');
  // One was deleted meanwhile.
  rig.cluster.forget('gone');
  rig.cluster.reachable = true;
  run.reconnect();
  await rig.until('one left', () => rig.runtime.sandboxes.size === 1, 20);
  await rig.until('reported', () => rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.restartCount === 1, 20);
});

test('An agent whose cluster answers does not go by the checkpoint, which only its own user can read', async () => {
  await using rig = new NodeRig();
  rig.cluster.create(pod('web'));
  rig.startAgent();
  await rig.untilReady();
  await rig.clock.advance(2_000);
  const folder = join(rig.folders.state, 'checkpoint');
  const [file = ''] = readdirSync(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(folder, file), 'utf8')).metadata.name).toBe('web');
  writeFileSync(join(folder, 'stale.json'), JSON.stringify(pod('stale')));
  rig.startAgent();
  await rig.clock.advance(20_000);
  expect(rig.runtime.sandboxes.size).toBe(1);
  rig.cluster.delete('web');
  await rig.untilGone();
  await settle();
  expect(existsSync(join(folder, file))).toBe(false);
});

test('A checkpoint that cannot be read is logged, and the others are taken up', async () => {
  await using rig = new NodeRig();
  rig.cluster.create(pod('web'));
  rig.startAgent();
  await rig.untilReady();
  await rig.clock.advance(2_000);
  const folder = join(rig.folders.state, 'checkpoint');
  writeFileSync(join(folder, 'broken.json'), '{');
  rig.cluster.reachable = false;
  const run = rig.startAgent();
  await rig.clock.advance(6_000);
  expect(run.logged.join()).toContain('the checkpoint broken.json cannot be read');
  expect(rig.runtime.running()).toHaveLength(1);
});
