/**
 * The agent ends at every call that changes something, before the call arrives and after it has taken effect, and
 * another takes its place: whatever the point, nothing is missing at the end, nothing runs twice, and nothing is left.
 * To end between two calls is to end before the second; calls that only read need no points of their own.
 */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NodeRig, pod } from '../testing/node-rig.ts';
import { type Crash, Steps } from '../testing/steps.ts';

interface Scenario {
  name: string;
  begin(rig: NodeRig): void;
  /** Goes on by itself, and with an agent that was started anew in between. */
  run(rig: NodeRig): Promise<void>;
}

const CHANGES = /^runtime (run|stop|remove|create|start|pull)|^api (PATCH|DELETE)/;

const exits = (rig: NodeRig, name: string): number =>
  [...rig.runtime.containers.values()].filter((c) => c.name === name && c.state === 'exited').length;

const SCENARIOS: Scenario[] = [
  {
    name: 'a start',
    begin: (rig) => rig.cluster.create(pod('web', {}, { volumes: [{ name: 'tmp', emptyDir: {} }] })),
    run: (rig) => rig.untilReady(),
  },
  {
    name: 'init containers, a sidecar, and two containers',
    begin: (rig) =>
      rig.cluster.create(
        pod(
          'web',
          {},
          {
            initContainers: [
              { name: 'first', image: 'exit:0' },
              { name: 'mesh', image: 'run', restartPolicy: 'Always' },
              { name: 'last', image: 'exit:0' },
            ],
            containers: [
              { name: 'a', image: 'run' },
              { name: 'b', image: 'run' },
            ],
          },
        ),
      ),
    run: (rig) => rig.untilReady(),
  },
  {
    name: 'a restart after a container has ended',
    begin: (rig) => rig.cluster.create(pod('web')),
    run: async (rig) => {
      await rig.untilReady();
      if (exits(rig, 'c') === 0) rig.runtime.exit(rig.runtime.running('c')[0]?.id ?? '', 1);
      await rig.clock.advance(1_000);
      await rig.untilReady();
    },
  },
  {
    name: 'a kill by a probe',
    begin: (rig) => {
      // Well again once it was started anew.
      rig.runtime.commands = ({ attempt }) => ({
        exitCode: attempt === 0 ? 1 : 0,
        stdout: Buffer.alloc(0),
        stderr: Buffer.alloc(0),
      });
      const livenessProbe = { exec: { command: ['probe'] }, periodSeconds: 1, failureThreshold: 1 };
      rig.cluster.create(pod('web', { livenessProbe }));
    },
    run: async (rig) => {
      await rig.until(
        'restarted',
        () => (rig.cluster.pod('web')?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
      );
      await rig.untilReady();
    },
  },
  {
    name: 'a pod that ends by itself',
    begin: (rig) => rig.cluster.create(pod('web', { image: 'exit:0' }, { restartPolicy: 'Never' })),
    run: (rig) => rig.untilPhase('Succeeded'),
  },
  {
    name: 'hooks, and a sandbox that dies',
    begin: (rig) => {
      const command = { exec: { command: ['hook'] } };
      rig.cluster.create(pod('web', { lifecycle: { postStart: command, preStop: command } }));
    },
    run: async (rig) => {
      await rig.untilReady();
      const [first] = rig.runtime.sandboxes.values();
      if (first?.metadata.attempt === 0) {
        rig.runtime.kill(first.id);
        await rig.until('replaced', () => [...rig.runtime.sandboxes.values()].some((s) => s.ready && s !== first));
      }
      await rig.untilReady();
    },
  },
];

/** The state that must hold of a running pod. */
function expectWhole(rig: NodeRig): void {
  const { spec, status } = rig.cluster.pod('web') ?? {};
  if (status?.phase === 'Succeeded') {
    expect(rig.runtime.running()).toHaveLength(0);
    return;
  }
  const stay = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []).filter((c) => c.restartPolicy)];
  const names = rig.runtime.running().map(({ name }) => name);
  expect(names.sort()).toEqual(stay.map(({ name }) => name).sort());
  expect([...rig.runtime.sandboxes.values()].filter(({ ready }) => ready)).toHaveLength(1);
}

function expectNothingLeft(rig: NodeRig): void {
  expect([...rig.runtime.containers.keys()]).toEqual([]);
  expect([...rig.runtime.sandboxes.keys()]).toEqual([]);
  for (const folder of [rig.folders.pods, rig.folders.logs]) expect(readdirSync(folder)).toEqual([]);
}

/** Files are real here: on a machine under load the clock may have gone on before one was read. */
async function eventually(rig: NodeRig, holds: () => void): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    try {
      return holds();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await rig.clock.advance(1000);
    }
  }
  holds();
}

/** The calls that the first agent made. */
async function live({ begin, run }: Scenario, crash?: Crash): Promise<readonly string[]> {
  await using rig = new NodeRig();
  begin(rig);
  const steps = new Steps();
  if (crash) steps.crashAt(crash, () => queueMicrotask(() => rig.startAgent()));
  rig.startAgent(steps);
  await run(rig);
  await eventually(rig, () => expectWhole(rig));
  rig.cluster.delete('web', 30);
  await rig.untilGone();
  // Housekeeping of the next agent ends pods that an earlier one left half removed.
  await rig.clock.advance(130_000);
  await eventually(rig, () => expectNothingLeft(rig));
  return steps.calls;
}

test.each(SCENARIOS)('Crashes at every call of $name', { timeout: 60_000 }, async (scenario) => {
  const calls = await live(scenario);
  const points = calls.flatMap((call, index) => (CHANGES.test(call) ? [index + 1] : []));
  expect(points.length).toBeGreaterThan(5);
  for (const at of points) {
    for (const when of ['before', 'after'] as const) {
      await live(scenario, { at, when }).catch((error: Error) => {
        throw new Error(`crash ${when} ${calls[at - 1]} (${at}): ${error.message}`, { cause: error });
      });
    }
  }
});
