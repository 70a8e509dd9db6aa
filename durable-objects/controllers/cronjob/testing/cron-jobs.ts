/** A CronJob in a harness, whose Jobs a test ends. */
import { rfc3339 } from '../../../../kube/machinery/time.ts';
import type { CronJob, Job } from '../../../../kube/types.ts';
import { cronJobController } from '../../cronjob-controller.ts';
import { Harness } from '../../runtime/testing/harness.ts';

const CRON_JOBS = 'cronjobs.batch';
const JOBS = 'jobs.batch';

export class TestCronJob {
  readonly harness = new Harness([cronJobController]);

  /** Created at `start`; `spec`: over that of one which runs each minute. */
  static async of(start: string, spec: object = {}, status: object = {}): Promise<TestCronJob> {
    const test = new TestCronJob();
    test.harness.time.advance(Date.parse(start) - test.harness.time.now());
    await test.harness.api.apply(CRON_JOBS, {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick', namespace: 'default', creationTimestamp: rfc3339(Date.parse(start)) },
      spec: {
        schedule: '* * * * *',
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          metadata: { labels: { app: 'tick' }, annotations: { note: 'kept' } },
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work:1' }] } } },
        },
        ...spec,
      },
      status,
    });
    await test.settle();
    return test;
  }

  get cronJob(): CronJob {
    return this.harness.api.read<CronJob>(CRON_JOBS, 'default', 'tick')!;
  }

  get status(): NonNullable<CronJob['status']> {
    return this.cronJob.status ?? {};
  }

  get jobs(): Job[] {
    return this.harness.api.all<Job>(`${JOBS}/`);
  }

  /** The times that the Jobs were made for, as their annotations have them. */
  get times(): (string | undefined)[] {
    return this.jobs.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']);
  }

  get active(): (string | undefined)[] {
    return (this.status.active ?? []).map(({ name }) => name);
  }

  get events(): string[] {
    return this.harness.api
      .all<{ reason: string; message: string }>('events/')
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  async settle(): Promise<void> {
    await this.harness.settle(900);
    // Events of one object and one moment have one name.
    this.harness.time.advance(1);
    this.harness.kill();
    await this.harness.settle(900);
  }

  /** Until the clock shows a time; the object sleeps where nothing is due. */
  async until(time: string): Promise<void> {
    await this.harness.until(Date.parse(time));
    await this.settle();
  }

  async change(patch: object): Promise<void> {
    await this.harness.api.patch(CRON_JOBS, 'default', 'tick', patch);
    await this.settle();
  }

  async end(name: string, type: 'Complete' | 'Failed' = 'Complete'): Promise<void> {
    const now = rfc3339(this.harness.time.now());
    const status = {
      startTime: now,
      ...(type === 'Complete' ? { completionTime: now } : {}),
      conditions: [{ type, status: 'True', lastTransitionTime: now }],
    };
    await this.harness.api.patch(JOBS, 'default', name, { status }, true);
    await this.settle();
  }
}
