import { expect, test } from 'vitest';
import { conditions, container, doing, pod, seen, statusOf, T0 } from '../testing/pod-lifecycle.ts';
import {
  decide,
  NO_MEMORY,
  NOTHING_OBSERVED,
  type Observed,
  type ObservedContainer,
  type PodMemory,
  podStatus,
} from './index.ts';

test('a fresh pod gets a sandbox and then its containers', () => {
  expect(doing(pod(), NOTHING_OBSERVED)).toEqual(['create-sandbox']);
  expect(doing(pod(), seen())).toEqual(['start-container web']);
  expect(doing(pod(), seen(container('web', 'running')))).toEqual([]);
});

test('a pod that has only a sandbox reports ContainerCreating and every unready condition in order', () => {
  expect(statusOf(pod(), NOTHING_OBSERVED).containerStatuses?.[0]?.state).toEqual({
    waiting: { reason: 'ContainerCreating' },
  });
  expect(conditions(pod(), NOTHING_OBSERVED)).toEqual([
    'PodReadyToStartContainers False',
    'Initialized True',
    'Ready False ContainersNotReady containers with unready status: [web]',
    'ContainersReady False ContainersNotReady containers with unready status: [web]',
    'PodScheduled True',
  ]);
});

test('a running pod reports its addresses, and transition times stay where the status does', () => {
  const first = statusOf(pod(), seen(container('web', 'running')));
  expect(first).toMatchObject({
    phase: 'Running',
    podIP: '10.244.0.5',
    podIPs: [{ ip: '10.244.0.5' }],
    hostIP: '192.168.1.5',
    startTime: '2026-01-01T00:00:00Z',
    qosClass: 'BestEffort',
    containerStatuses: [{ name: 'web', ready: true, started: true, restartCount: 0 }],
  });
  const later = statusOf({ ...pod(), status: first }, seen(container('web', 'running')), NO_MEMORY, T0 + 60_000);
  expect(later).toEqual(first);
});

test('init containers run in order, sidecars stay, and the others wait as PodInitializing', () => {
  const p = pod({
    initContainers: [
      { name: 'first', image: 'i' },
      { name: 'mesh', image: 'i', restartPolicy: 'Always' },
      { name: 'last', image: 'i' },
    ],
    containers: [{ name: 'web', image: 'i' }],
  });
  expect(doing(p, seen())).toEqual(['start-container first']);
  const first = container('first', 'exited', { exitCode: 0 });
  expect(doing(p, seen(first))).toEqual(['start-container mesh']);
  expect(doing(p, seen(first, container('mesh', 'running')))).toEqual(['start-container last']);
  const last = container('last', 'exited', { exitCode: 0 });
  expect(doing(p, seen(first, container('mesh', 'running'), last))).toEqual(['start-container web']);
  const early = statusOf(p, seen(first));
  expect(early.phase).toBe('Pending');
  expect(early.containerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing');
  expect(conditions(p, seen(first))).toContain(
    'Initialized False ContainersNotInitialized containers with incomplete status: [mesh last]',
  );
  expect(statusOf(p, seen(first, container('mesh', 'running'), last, container('web', 'running'))).phase).toBe(
    'Running',
  );
});

test('an ephemeral container starts at once and once, and nothing waits for it', () => {
  const setup = { name: 'setup', image: 'i' };
  const p = pod({
    initContainers: [setup],
    containers: [{ name: 'web', image: 'i' }],
    ephemeralContainers: [{ name: 'debugger', image: 'i', targetContainerName: 'web' }],
  });
  expect(doing(p, seen())).toEqual(['start-container debugger', 'start-container setup']);
  const done = container('setup', 'exited', { exitCode: 0 });
  const ended = seen(done, container('web', 'running'), container('debugger', 'exited', { exitCode: 1 }));
  expect(doing(p, ended)).toEqual([]);
  const status = statusOf(p, ended);
  expect(status).toMatchObject({
    phase: 'Running',
    ephemeralContainerStatuses: [{ name: 'debugger', ready: false, state: { terminated: { exitCode: 1 } } }],
  });
  expect(status.ephemeralContainerStatuses?.[0]).not.toHaveProperty('started');
  // The runtime has forgotten it, the API has not.
  expect(doing({ ...p, status }, seen(done, container('web', 'running')))).toEqual([]);
  expect(statusOf({ ...p, status }, seen(done, container('web', 'running'))).ephemeralContainerStatuses).toEqual(
    status.ephemeralContainerStatuses,
  );
});

test('a failed init container fails the pod when its policy is Never, and backs off otherwise', () => {
  const spec = { initContainers: [{ name: 'setup', image: 'i' }] };
  const failed = seen(container('setup', 'exited', { exitCode: 3, finishedAt: T0 }));
  expect(statusOf(pod({ ...spec, restartPolicy: 'Never' }), failed).phase).toBe('Failed');
  expect(doing(pod({ ...spec, restartPolicy: 'Never' }), failed)).toEqual(['stop-sandbox']);
  expect(statusOf(pod(spec), failed).phase).toBe('Pending');
  expect(doing(pod(spec), failed)).toEqual(['start-container setup']);
});

test.each(['web', 'constructor'])(
  'container %s that keeps failing restarts at once, then after 10 s, 20 s, … 300 s, and afresh after 10 good minutes',
  (name) => {
    const failing = pod({ containers: [{ name, image: 'i' }] });
    let memory = NO_MEMORY;
    let now = T0;
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const observed = seen(container(name, 'exited', { attempt, exitCode: 1, finishedAt: now }));
      let decision = decide({ pod: failing, observed, memory, now });
      if (decision.wakeAt !== undefined) {
        waits.push((decision.wakeAt - now) / 1000);
        now = decision.wakeAt;
        decision = decide({ pod: failing, observed, memory: decision.memory, now });
      } else waits.push(0);
      expect(decision.actions).toEqual([{ do: 'start-container', container: name, kind: 'app', attempt: attempt + 1 }]);
      memory = decision.memory;
      now += 1000;
    }
    expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
    now += 601_000;
    const observed = seen(container(name, 'exited', { attempt: 8, exitCode: 1, finishedAt: now }));
    expect(doing(failing, observed, memory, now)).toEqual([`start-container ${name}`]);
  },
);

test('a container in back-off says so in its status, and its last state and restart count tell what happened', () => {
  const observed = seen(container('web', 'exited', { attempt: 1, exitCode: 1, finishedAt: T0 }));
  const memory: PodMemory = { ...NO_MEMORY, backOff: { web: { delay: 10_000, updated: T0 - 1000 } } };
  const decision = decide({ pod: pod(), observed, memory, now: T0 });
  expect(decision.actions).toEqual([
    {
      do: 'event',
      event: {
        type: 'Warning',
        reason: 'BackOff',
        message: 'Back-off restarting failed container web in pod web-0_default(u1)',
        fieldPath: 'spec.containers{web}',
      },
    },
  ]);
  const status = statusOf(pod(), observed, decision.memory);
  expect(status.phase).toBe('Running');
  expect(status.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    state: {
      waiting: {
        reason: 'CrashLoopBackOff',
        message: 'back-off 10s restarting failed container=web pod=web-0_default(u1)',
      },
    },
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
  });
});

test.each([
  ['Always', 0, 'Running'],
  ['Always', 1, 'Running'],
  ['OnFailure', 0, 'Succeeded'],
  ['OnFailure', 1, 'Running'],
  ['Never', 0, 'Succeeded'],
  ['Never', 1, 'Failed'],
])('with restartPolicy %s an exit code of %i leaves the pod %s', (restartPolicy, exitCode, phase) => {
  const observed = seen(container('web', 'exited', { exitCode, finishedAt: T0 }));
  expect(statusOf(pod({ restartPolicy }), observed).phase).toBe(phase);
  expect(doing(pod({ restartPolicy }), observed)).toEqual(
    phase === 'Running' ? ['start-container web'] : ['stop-sandbox'],
  );
});

test('a pod whose own containers have ended does not live on for its sidecar', () => {
  const p = pod({ restartPolicy: 'Never', initContainers: [{ name: 'mesh', image: 'i', restartPolicy: 'Always' }] });
  const web = container('web', 'exited', { exitCode: 0 });
  expect(doing(p, seen(container('mesh', 'running'), web))).toEqual(['kill-container mesh']);
  expect(statusOf(p, seen(container('mesh', 'running'), web)).phase).toBe('Running');
  const ended = seen(container('mesh', 'exited', { exitCode: 137 }), web);
  expect(statusOf(p, ended).phase).toBe('Succeeded');
  expect(doing(p, ended)).toEqual(['stop-sandbox']);
});

test('a sandbox that died is replaced and everything starts again, except where the policy is Never', () => {
  const observed: Observed = {
    sandbox: { id: 's0', ready: false, ips: [], attempt: 0 },
    containers: [container('web', 'exited', { exitCode: 137 })],
  };
  expect(decide({ pod: pod(), observed, memory: NO_MEMORY, now: T0 }).actions.map((a) => a.do)).toEqual([
    'event',
    'stop-sandbox',
    'create-sandbox',
  ]);
  expect(doing(pod({ restartPolicy: 'Never' }), observed)).toEqual([]);
  const fresh: Observed = {
    sandbox: { id: 's1', ready: true, ips: ['10.244.0.6'], attempt: 1 },
    containers: observed.containers,
  };
  expect(decide({ pod: pod(), observed: fresh, memory: NO_MEMORY, now: T0 }).actions).toEqual([
    { do: 'start-container', container: 'web', kind: 'app', attempt: 1 },
  ]);
});

test('With policy OnFailure what has succeeded is not run again in a fresh sandbox, though the runtime has forgotten it', () => {
  const containers = [
    { name: 'once', image: 'i' },
    { name: 'web', image: 'i' },
  ];
  const p = pod({ restartPolicy: 'OnFailure', containers });
  const fresh = (...seenContainers: ObservedContainer[]): Observed => ({
    sandbox: { id: 's1', ready: true, ips: ['10.244.0.6'], attempt: 1 },
    containers: seenContainers,
  });
  const once = container('once', 'exited', { exitCode: 0 });
  const web = container('web', 'exited', { exitCode: 137 });
  expect(doing(p, fresh(once, web))).toEqual(['start-container web']);
  const reported = { ...p, status: statusOf(p, { ...seen(once, web) }) };
  expect(doing(reported, fresh())).toEqual(['start-container web']);
  const again = { ...p, spec: { ...p.spec, restartPolicy: 'Always', containers } };
  expect(doing(again, fresh(once, web))).toEqual(['start-container once', 'start-container web']);
});

test('a resize of what runs shows at once, or is infeasible where the node keeps what it has started', () => {
  const sized = (cpu: string) => pod({ containers: [{ name: 'web', image: 'i', resources: { requests: { cpu } } }] });
  const running = seen(container('web', 'running'));
  const first = statusOf(sized('1'), running);
  expect(first.containerStatuses).toMatchObject([{ resources: { requests: { cpu: '1' } } }]);
  const resized = { ...sized('2'), status: first };
  const done = statusOf(resized, running);
  expect(done.containerStatuses).toMatchObject([
    { resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '2' } },
  ]);
  const input = { pod: resized, observed: running, memory: NO_MEMORY, hostIPs: [], keepsResources: true, now: T0 };
  const kept = podStatus(input);
  expect(kept.containerStatuses).toMatchObject([{ resources: { requests: { cpu: '1' } } }]);
  expect(kept.conditions?.at(-1)).toMatchObject({ type: 'PodResizePending', status: 'True', reason: 'Infeasible' });
  const back = podStatus({ ...input, pod: { ...sized('1'), status: kept } });
  expect(back.conditions?.map(({ type }) => type)).not.toContain('PodResizePending');
});
