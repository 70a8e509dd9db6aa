import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pod, T0 } from '../testing/pod-lifecycle.ts';
import type { Pod, PodStatus } from '../types.ts';
import { decide, NO_MEMORY, type Observed, type ObservedContainer, type PodAction, podStatus } from './index.ts';

/** A runtime that does what it is told, and what the script says besides. */
class Node {
  pod: Pod;
  memory = NO_MEMORY;
  now = T0;
  sandbox: Observed['sandbox'];
  containers: ObservedContainer[] = [];
  finished = false;

  constructor(restartPolicy: string) {
    this.pod = pod({
      restartPolicy,
      initContainers: [
        { name: 'setup', image: 'i' },
        { name: 'mesh', image: 'i', restartPolicy: 'Always' },
      ],
      containers: [
        { name: 'a', image: 'i' },
        { name: 'b', image: 'i' },
      ],
    });
  }

  get observed() {
    return { containers: this.containers, ...(this.sandbox ? { sandbox: this.sandbox } : {}) };
  }

  running(name: string): ObservedContainer | undefined {
    return this.containers.find((c) => c.name === name && c.state === 'running');
  }

  sync(): PodAction[] {
    const { actions, memory } = decide({ pod: this.pod, observed: this.observed, memory: this.memory, now: this.now });
    this.memory = memory;
    for (const action of actions) this.#perform(action);
    const status = podStatus({ pod: this.pod, observed: this.observed, memory, hostIPs: ['10.0.0.1'], now: this.now });
    check(this.pod.status, status);
    this.pod = { ...this.pod, status };
    return actions;
  }

  end(container: ObservedContainer, exitCode: number): void {
    const ended = { ...container, state: 'exited', exitCode, finishedAt: this.now } as const;
    this.containers = this.containers.map((c) => (c.id === container.id ? ended : c));
  }

  #perform(action: PodAction): void {
    switch (action.do) {
      case 'create-sandbox':
        this.sandbox = { id: `s${action.attempt}`, ready: true, ips: ['10.244.0.9'], attempt: action.attempt };
        return;
      case 'start-container': {
        const { container: name, attempt, kind } = action;
        expect(this.pod.metadata.deletionTimestamp).toBeUndefined();
        expect(['Succeeded', 'Failed']).not.toContain(this.pod.status?.phase);
        expect(this.running(name)).toBeUndefined();
        expect(this.containers.every((c) => c.name !== name || c.attempt < attempt)).toBe(true);
        if (kind === 'app') this.#expectInitialised();
        const sandbox = this.sandbox?.id ?? '';
        const id = `${name}-${attempt}`;
        const common = { image: 'i', imageID: '', createdAt: this.now, startedAt: this.now };
        this.containers = [...this.containers, { name, id, sandbox, state: 'running', attempt, ...common }];
        return;
      }
      case 'kill-container':
        for (const c of this.containers) if (c.id === action.id) this.end(c, 143);
        return;
      case 'stop-sandbox':
        expect(this.containers.some((c) => c.state === 'running')).toBe(false);
        if (this.sandbox) this.sandbox = { ...this.sandbox, ready: false };
        return;
      case 'finish':
        expect(this.containers.some((c) => c.state === 'running') || this.sandbox?.ready).toBeFalsy();
        this.finished = true;
    }
  }

  #expectInitialised(): void {
    const here = this.containers.filter((c) => c.sandbox === this.sandbox?.id);
    // The runtime may have forgotten the init containers of a pod whose other containers have been started.
    if (here.some((c) => c.name === 'a' || c.name === 'b')) return;
    expect(here.some((c) => c.name === 'setup' && c.state === 'exited' && c.exitCode === 0)).toBe(true);
    expect(here.some((c) => c.name === 'mesh')).toBe(true);
  }
}

/** Changes that may never happen from one report to the next. */
function check(before: PodStatus | undefined, after: PodStatus): void {
  if (before?.phase === 'Succeeded' || before?.phase === 'Failed') expect(after.phase).toBe(before.phase);
  for (const status of after.containerStatuses ?? []) {
    const old = before?.containerStatuses?.find((s) => s.name === status.name);
    expect(status.restartCount).toBeGreaterThanOrEqual(old?.restartCount ?? 0);
    expect(Object.keys(status.state ?? {}).length).toBe(1);
  }
  for (const condition of after.conditions ?? []) {
    const old = before?.conditions?.find((c) => c.type === condition.type);
    if (old?.status === condition.status) expect(condition.lastTransitionTime).toBe(old?.lastTransitionTime);
  }
  const ready = after.conditions?.find((c) => c.type === 'Ready')?.status;
  if (ready === 'True') expect(after.containerStatuses?.every((s) => s.ready)).toBe(true);
}

test('a pod keeps the rules of its lifecycle, whatever happens, and ends when it is deleted', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('sync' as const) }),
    fc.record({
      do: fc.constant('exit' as const),
      which: fc.constantFrom('setup', 'mesh', 'a', 'b'),
      code: fc.constantFrom(0, 0, 1),
    }),
    fc.record({ do: fc.constant('sandbox dies' as const) }),
    fc.record({ do: fc.constant('time' as const), seconds: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ do: fc.constant('runtime forgets' as const) }),
    fc.record({ do: fc.constant('agent forgets' as const) }),
  );
  fc.assert(
    fc.property(fc.constantFrom('Always', 'OnFailure', 'Never'), fc.array(step, { maxLength: 80 }), (policy, steps) => {
      const node = new Node(policy);
      for (const one of steps) {
        if (one.do === 'sync') node.sync();
        else if (one.do === 'time') node.now += one.seconds * 1000;
        else if (one.do === 'agent forgets') node.memory = NO_MEMORY;
        else if (one.do === 'runtime forgets') node.containers = node.containers.filter((c) => c.state === 'running');
        else if (one.do === 'exit') {
          const running = node.running(one.which);
          if (running) node.end(running, one.code);
        } else if (node.sandbox) {
          for (const c of node.containers) if (c.state === 'running') node.end(c, 137);
          node.sandbox = { ...node.sandbox, ready: false };
        }
      }
      const metadata = { ...node.pod.metadata, deletionTimestamp: new Date(node.now + 30_000).toISOString() };
      node.pod = { ...node.pod, metadata: { ...metadata, deletionGracePeriodSeconds: 30 } };
      for (let i = 0; i < 10 && !node.finished; i++) node.sync();
      expect(node.finished).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each(['Always', 'OnFailure', 'Never'])(
  'left alone, a pod with policy %s comes up and then asks for nothing',
  (policy) => {
    const node = new Node(policy);
    for (let i = 0; i < 10; i++) {
      node.sync();
      const setup = node.running('setup');
      if (setup) node.end(setup, 0);
    }
    expect(node.sync()).toEqual([]);
    expect(node.pod.status?.phase).toBe('Running');
  },
);
