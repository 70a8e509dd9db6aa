/** The status of an autoscaler as it becomes, and the events on the way. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { rfc3339, timeOf } from '../../../kube/machinery/time.ts';
import type { HorizontalPodAutoscaler } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import type { Action, EventDecision } from '../runtime/plan.ts';

type Condition = {
  type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
  status: 'True' | 'False';
  reason: string;
  message: string;
};
type Status = Record<string, unknown> & { conditions?: (Condition & { lastTransitionTime: string })[] };
type Counts = { current: number; desired: number; metrics: readonly object[] | null; rescaled: boolean };

export class Progress {
  readonly events: Action[] = [];
  readonly #before: HorizontalPodAutoscaler;
  readonly #now: number;
  #status: Status;

  constructor(hpa: HorizontalPodAutoscaler, now: number) {
    this.#before = hpa;
    this.#now = now;
    this.#status = { ...(hpa.status as Status | undefined) };
  }

  get object(): KubeObject {
    return { ...this.#before, status: this.#status } as unknown as KubeObject;
  }

  /** The replicas that the status told before. */
  get desired(): number {
    return this.#before.status?.desiredReplicas ?? 0;
  }

  /** Writes the status, where it is another one. */
  get update(): Action[] {
    if (sameJson(this.#status, this.#before.status ?? {})) return [];
    const resource = 'horizontalpodautoscalers.autoscaling';
    const onRefused = { event: this.about('Warning', 'FailedUpdateStatus', '') };
    return [{ do: 'update-status', resource, object: this.object, onRefused }];
  }

  about(type: 'Normal' | 'Warning', reason: string, message: string): EventDecision {
    return eventAbout(this.#before as unknown as KubeObject, type, reason, message);
  }

  warn(reason: string, message: string): void {
    this.events.push({ do: 'event', event: this.about('Warning', reason, message) });
  }

  /** The time of a condition's transition, in milliseconds since the epoch; now where it is not there. */
  since(type: Condition['type']): number {
    const condition = this.#status.conditions?.find((each) => each.type === type);
    return condition ? timeOf(condition.lastTransitionTime) : this.#now;
  }

  /** Its time of transition moves with its status alone. */
  condition(type: Condition['type'], status: Condition['status'], reason: string, message: string): void {
    const { conditions = [] } = this.#status;
    const present = conditions.find((condition) => condition.type === type);
    const lastTransitionTime = present?.status === status ? present.lastTransitionTime : rfc3339(this.#now);
    const next = { type, status, lastTransitionTime, reason, message };
    this.#status.conditions = present
      ? conditions.map((condition) => (condition === present ? next : condition))
      : [...conditions, next];
  }

  counts({ current, desired, metrics, rescaled }: Counts): void {
    const { conditions, lastScaleTime } = this.#status;
    this.#status = {
      ...(rescaled ? { lastScaleTime: rfc3339(this.#now) } : lastScaleTime ? { lastScaleTime } : {}),
      ...(current > 0 ? { currentReplicas: current } : {}),
      desiredReplicas: desired,
      currentMetrics: metrics,
      ...(conditions ? { conditions } : {}),
    };
  }
}
