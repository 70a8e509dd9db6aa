/** A Job in a harness, whose pods a test ends. */
import type { Job, Pod } from '../../../../kube/types.ts';
import { jobController } from '../../job-controller.ts';
import { jobOrphanPodController } from '../../job-orphan-pod-controller.ts';
import { Harness } from '../../runtime/testing/harness.ts';
import { ttlAfterFinishedController } from '../../ttl-after-finished-controller.ts';

export class TestJob {
  readonly harness = new Harness([jobController, jobOrphanPodController, ttlAfterFinishedController]);

  /** `spec`: over that of a Job which wants one success. */
  static async of(spec: object = {}): Promise<TestJob> {
    const job = new TestJob();
    await job.harness.api.apply('jobs.batch', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'work', namespace: 'default' },
      spec: {
        completions: 1,
        parallelism: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        podReplacementPolicy: 'TerminatingOrFailed',
        selector: { matchLabels: { job: 'work' } },
        template: {
          metadata: { labels: { job: 'work' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work:1' }] },
        },
        ...spec,
      },
      status: {},
    });
    await job.settle();
    return job;
  }

  get status(): NonNullable<Job['status']> {
    return this.harness.api.read<Job>('jobs.batch', 'default', 'work')?.status ?? {};
  }

  /** The types of its conditions that hold. */
  get conditions(): string[] {
    return (this.status.conditions ?? []).filter(({ status }) => status === 'True').map(({ type }) => type);
  }

  get pods(): Pod[] {
    return this.harness.api.all<Pod>('pods/');
  }

  get active(): Pod[] {
    return this.pods.filter(({ metadata, status }) => {
      return !metadata.deletionTimestamp && !['Succeeded', 'Failed'].includes(status?.phase ?? '');
    });
  }

  /** The reasons of its events, in their order. */
  get events(): string[] {
    return this.harness.api.all<{ reason: string; count?: number }>('events/').map(({ reason }) => reason);
  }

  /** The object is evicted, too. */
  async settle(ms = 500): Promise<void> {
    await this.harness.settle(ms);
    this.harness.time.advance(1);
    this.harness.kill();
    await this.harness.settle(ms);
  }

  change(patch: object): Promise<void> {
    return this.harness.api.patch('jobs.batch', 'default', 'work', patch);
  }

  /** Ends a pod; `exitCode` 0: well. */
  async end({ metadata: { name = '' } }: Pod, exitCode = 0): Promise<void> {
    const finishedAt = new Date(this.harness.time.now()).toISOString();
    const status = {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [{ name: 'main', restartCount: 0, state: { terminated: { exitCode, finishedAt } } }],
    };
    await this.harness.api.patch('pods', 'default', name, { status }, true);
    await this.settle();
  }

  /** Ends every active pod. */
  async endAll(exitCode = 0): Promise<void> {
    for (const pod of this.active) await this.end(pod, exitCode);
  }

  async pass(seconds: number): Promise<void> {
    this.harness.time.advance(seconds * 1000);
    await this.settle();
  }
}
