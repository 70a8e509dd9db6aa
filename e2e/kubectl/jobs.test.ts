/** Jobs with a real kubectl on simulated nodes, whose pods end when an annotation says so. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

/** `exit`: what its pods' containers do after a second. */
const job = (name: string, spec: object, exit = '0') =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      ...spec,
      template: {
        metadata: { annotations: { 'islet.dev/simulated-exit-after': '1', 'islet.dev/simulated-exit-code': exit } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work:1' }] },
      },
    },
  });

describe.skipIf('skip' in found)('Jobs', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open({ simulatedNodes: 3 });
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a Job runs its pods to their end, and is complete', async () => {
    const { stdout, stderr } = await kubectl.run(['apply', '-f', '-'], job('sum', { completions: 3, parallelism: 2 }));
    expect([stdout, stderr]).toEqual(['job.batch/sum created\n', '']);
    expect(await kubectl.ok('wait --for=condition=complete job/sum --timeout=30s')).toContain('condition met');
    expect(await kubectl.ok('get jobs')).toMatch(/^sum +Complete +3\/3 +\S+ +\S+$/m);
    const text = await kubectl.ok('describe job sum');
    expect(text).toMatch(/Pods Statuses: +0 Active \(0 Ready\) \/ 3 Succeeded \/ 0 Failed/);
    expect(text).toMatch(/Normal +Completed .* job-controller +Job completed/);
    expect(await kubectl.ok('get pods -l job-name=sum')).toMatch(/^sum-\S+ +0\/1 +Completed +0 +\S+$/m);
  });

  test('kubectl makes one, whose pods are done without more', async () => {
    await kubectl.ok('create job hello --image=busybox -- echo hello');
    await kubectl.ok('wait --for=condition=complete job/hello --timeout=30s');
    expect(await kubectl.ok('delete job hello')).toContain('job.batch "hello" deleted');
  });

  test('each index of an Indexed Job succeeds once', async () => {
    await kubectl.ok('apply -f -', job('indexed', { completionMode: 'Indexed', completions: 4, parallelism: 4 }));
    await kubectl.ok('wait --for=condition=complete job/indexed --timeout=30s');
    expect(await kubectl.ok('get job indexed -o jsonpath={.status.completedIndexes}')).toBe('0-3');
    const hosts = await kubectl.ok('get pods -l job-name=indexed -o jsonpath={.items[*].spec.hostname}');
    expect(hosts.split(' ').sort()).toEqual([0, 1, 2, 3].map((index) => `indexed-${index}`));
  });

  test('a Job fails at its limit, and one that failed can be deleted with its pods', async () => {
    await kubectl.ok('apply -f -', job('bad', { backoffLimit: 0 }, '3'));
    await kubectl.ok('wait --for=condition=failed job/bad --timeout=30s');
    expect(await kubectl.ok('get jobs bad')).toMatch(/^bad +Failed +0\/1 +\S+ +\S+$/m);
    expect(await kubectl.ok('events --for job/bad')).toContain('Job has reached the specified backoff limit');
    await kubectl.ok('delete job bad');
    await eventually(async () => expect(await kubectl.ok('get pods -l job-name=bad -o name')).toBe(''));
  });

  test('a suspended Job has no pods until it goes on, and a finished one goes after its time', async () => {
    await kubectl.ok('apply -f -', job('later', { suspend: true, ttlSecondsAfterFinished: 1 }));
    await eventually(async () => expect(await kubectl.ok('get jobs later')).toMatch(/^later +Suspended +0\/1 /m));
    expect(await kubectl.ok('get pods -l job-name=later -o name')).toBe('');
    await kubectl.run(['patch', 'job', 'later', '-p', '{"spec":{"suspend":false}}']);
    await kubectl.ok('wait --for=delete job/later --timeout=30s');
    await eventually(async () => expect(await kubectl.ok('get pods -l job-name=later -o name')).toBe(''));
  });
});
