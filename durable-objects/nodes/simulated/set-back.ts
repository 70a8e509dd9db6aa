/** Times that a pod's status tells and that are yet to come: the clock was set back after they were written. */
import { rfc3339, timeOf } from '../../../kube/machinery/time.ts';
import type { ContainerState, ContainerStatus, Pod } from '../../../kube/types.ts';

/** The pod as if what has happened to it had happened by now, so that nothing waits for as long as the clock was set back. */
export function withoutFuture(pod: Pod, now: number): Pod {
  const { status } = pod;
  const { initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = status ?? {};
  const lists = { initContainerStatuses, containerStatuses, ephemeralContainerStatuses };
  const all = Object.values(lists).flatMap((list) => list ?? []);
  const isLate = (time: string | undefined): boolean => timeOf(time) > now;
  const isAhead = ({ state, lastState }: ContainerStatus): boolean =>
    [state, lastState].some((each) => timesOf(each).some(isLate));
  if (!status || !(isLate(status.startTime) || all.some(isAhead))) return pod;
  const past = (time: string | undefined) => (isLate(time) ? rfc3339(now) : time);
  const found = Object.entries(lists).flatMap(([name, list]) => (list ? [[name, list] as const] : []));
  const changed = found.map(([name, list]) => [
    name,
    list.map((each) => ({ ...each, state: passed(each.state, past), lastState: passed(each.lastState, past) })),
  ]);
  return { ...pod, status: { ...status, startTime: past(status.startTime), ...Object.fromEntries(changed) } };
}

function timesOf(state: ContainerState | undefined): (string | undefined)[] {
  return [state?.running?.startedAt, state?.terminated?.startedAt, state?.terminated?.finishedAt];
}

function passed(
  state: ContainerState | undefined,
  past: (time: string | undefined) => string | undefined,
): ContainerState | undefined {
  const { running, terminated } = state ?? {};
  if (running) return { ...state, running: { ...running, startedAt: past(running.startedAt) } };
  if (!terminated) return state;
  const [startedAt, finishedAt] = [past(terminated.startedAt), past(terminated.finishedAt)];
  return { ...state, terminated: { ...terminated, startedAt, finishedAt } };
}
