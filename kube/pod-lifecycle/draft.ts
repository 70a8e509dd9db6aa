/** A decision in the making: actions, memory and the time to ask again. */
import { entryOf } from '../machinery/entries.ts';
import { goDuration } from '../machinery/time.ts';
import type { Container, Pod } from '../types.ts';
import type { DecideInput, Decision, PodAction } from './actions.ts';
import { backOffUntil, stepBackOff } from './back-off.ts';
import { recorded } from './container-statuses.ts';
import { type ContainerKind, podText } from './containers.ts';
import { about, podEvents } from './events.ts';
import { newestContainer, type Observed, type ObservedContainer, type PodMemory, rememberWaiting } from './observed.ts';
import { stopPod } from './stop.ts';

/** Collects what the rules of `decide.ts` say. */
export class Draft {
  readonly actions: PodAction[] = [];
  memory: PodMemory;
  wakeAt: number | undefined;
  readonly pod: Pod;
  readonly observed: Observed;
  readonly now: number;

  constructor({ pod, observed, memory, now }: DecideInput) {
    this.pod = pod;
    this.observed = observed;
    this.memory = memory;
    this.now = now;
  }

  wake(at: number): void {
    this.wakeAt = Math.min(this.wakeAt ?? at, at);
  }

  current(name: string): ObservedContainer | undefined {
    return newestContainer(this.observed, name, this.observed.sandbox?.id ?? '');
  }

  start(container: Container, kind: ContainerKind): void {
    if (this.observed.starting?.has(container.name)) return;
    const newest = newestContainer(this.observed, container.name);
    const attempt = nextAttempt(this.pod, container.name, newest);
    if (newest?.state === 'exited') {
      const failedAt = newest.finishedAt ?? newest.createdAt;
      const entry = entryOf(this.memory.backOff, container.name);
      const until = backOffUntil(entry, failedAt, this.now);
      if (until !== undefined) {
        this.holdBack(container, entry?.delay ?? 0, until);
        return;
      }
      const backOff = { ...this.memory.backOff, [container.name]: stepBackOff(entry, failedAt, this.now) };
      this.memory = { ...this.memory, backOff };
    }
    this.actions.push({ do: 'start-container', container: container.name, kind, attempt });
  }

  private holdBack(container: Container, delay: number, until: number): void {
    const message = `back-off ${goDuration(delay)} restarting failed container=${container.name} pod=${podText(this.pod)}`;
    const known = entryOf(this.memory.waiting, container.name);
    if (known?.reason !== 'CrashLoopBackOff' || known.message !== message) {
      this.actions.push({
        do: 'event',
        event: about(this.pod, container.name, podEvents.backOffRestarting(this.pod, container.name)),
      });
      this.memory = rememberWaiting(this.memory, container.name, 'CrashLoopBackOff', message);
    }
    this.wake(until);
  }

  kill(
    container: Container,
    running: ObservedContainer,
    why: 'liveness' | 'startup' | 'unknown-state',
    message: string,
  ): void {
    if (running.stopBy !== undefined) return;
    const probe = why === 'liveness' ? container.livenessProbe : why === 'startup' ? container.startupProbe : undefined;
    this.actions.push({
      do: 'kill-container',
      container: container.name,
      id: running.id,
      gracePeriodSeconds: Number(
        probe?.terminationGracePeriodSeconds ?? this.pod.spec?.terminationGracePeriodSeconds ?? 30,
      ),
      why,
      message,
    });
  }

  stop(): Decision {
    const stop = stopPod({ pod: this.pod, observed: this.observed, memory: this.memory, now: this.now });
    this.actions.push(...stop);
    return this.done();
  }

  done(): Decision {
    return {
      actions: this.actions,
      memory: this.memory,
      ...(this.wakeAt === undefined ? {} : { wakeAt: this.wakeAt }),
    };
  }
}

function nextAttempt(pod: Pod, name: string, newest: ObservedContainer | undefined): number {
  const old = recorded(pod, name);
  // The runtime may have forgotten earlier attempts; the API has not.
  const reported = old?.containerID ? old.restartCount : -1;
  return Math.max(newest?.attempt ?? -1, reported) + 1;
}
