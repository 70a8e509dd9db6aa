/** The status of a CronJob: which of its Jobs are active, and when the last ones began and succeeded. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { rfc3339, timeOf } from '../../../kube/machinery/time.ts';
import type { CronJob } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import type { Action } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { JOBS, jobName, type OwnJob } from './jobs.ts';

type Status = NonNullable<CronJob['status']>;
type Active = NonNullable<Status['active']>;

/** A CronJob as it becomes, and the events on the way. */
export class Progress {
  readonly events: Action[] = [];
  readonly #before: CronJob;
  #status: Status;

  constructor(cronJob: CronJob) {
    this.#before = cronJob;
    this.#status = cronJob.status ?? {};
  }

  get cronJob(): CronJob {
    return { ...this.#before, status: this.#status };
  }

  get active(): Active {
    return this.#status.active ?? [];
  }

  /** Writes the status, where it is another one. */
  get update(): Action[] {
    if (sameJson(this.#status, this.#before.status ?? {})) return [];
    return [{ do: 'update-status', resource: 'cronjobs.batch', object: this.cronJob as unknown as KubeObject }];
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.events.push({ do: 'event', event: eventAbout(this.#before as unknown as KubeObject, type, reason, message) });
  }

  /**
   * Notes the Jobs that an earlier run of the controller made, which only their creation names: upstream's controller
   * notes them in the run that makes them.
   */
  noteStarted(jobs: readonly OwnJob[]): void {
    const last = timeOf(this.#status.lastScheduleTime);
    const started = jobs
      .filter(({ job, scheduled }) => scheduled > last && job.name === jobName(this.#before, scheduled))
      .sort((a, b) => a.scheduled - b.scheduled);
    const latest = started.at(-1);
    if (!latest) return;
    const references = started
      .filter(({ job }) => !this.#isActive(job.uid))
      .map(({ job: { namespace, name, uid, revision } }) => {
        return { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion: String(revision) };
      });
    this.#status = {
      ...this.#status,
      active: [...this.active, ...references],
      lastScheduleTime: rfc3339(latest.scheduled),
    };
  }

  /** Jobs that ended are active no more, and neither are those that went missing. */
  follow(jobs: readonly OwnJob[], view: View): void {
    for (const own of jobs) this.#followJob(own);
    const uids = new Set(jobs.map(({ job }) => job.uid));
    for (const { uid = '', namespace = '', name = '' } of this.active) {
      if (uids.has(uid) || view.projection(keyOf(JOBS, namespace, name))) continue;
      this.event('Normal', 'MissingJob', `Active job went missing: ${name}`);
      this.end(uid);
    }
  }

  #followJob({ job, finished, completionTime }: OwnJob): void {
    const isActive = this.#isActive(job.uid);
    if (finished === undefined) {
      const message = `Saw a job that the controller did not create or forgot: ${job.name}`;
      if (!isActive) this.event('Warning', 'UnexpectedJob', message);
      return;
    }
    if (isActive) {
      this.end(job.uid);
      this.event('Normal', 'SawCompletedJob', `Saw completed job: ${job.name}, condition: ${finished}`);
    }
    if (finished === 'Complete' && timeOf(completionTime) > timeOf(this.#status.lastSuccessfulTime)) {
      this.#status = { ...this.#status, lastSuccessfulTime: completionTime };
    }
  }

  /** Takes a Job out of those that are active. */
  end(uid: string | undefined): void {
    const active = this.active.filter((reference) => reference.uid !== uid);
    if (active.length === this.active.length) return;
    const { active: _, ...status } = this.#status;
    this.#status = active.length > 0 ? { ...status, active } : status;
  }

  #isActive(uid: string): boolean {
    return this.active.some((reference) => reference.uid === uid);
  }
}
