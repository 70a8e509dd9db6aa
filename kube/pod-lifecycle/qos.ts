/** The pod's quality of service class (`pkg/apis/core/v1/helper/qos/qos.go`). */
import { milliOf } from '../machinery/quantity.ts';
import type { Pod } from '../types.ts';
import { allContainers } from './containers.ts';

type Resources = Readonly<Record<string, string>> | undefined;

function positive(resources: Resources, name: string): boolean {
  return milliOf(resources?.[name]) > 0;
}

export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const sets =
    pod.spec?.resources?.requests || pod.spec?.resources?.limits
      ? [pod.spec.resources]
      : allContainers(pod).map(({ container }) => container.resources ?? {});
  let any = false;
  let guaranteed = true;
  for (const { requests, limits } of sets) {
    for (const name of ['cpu', 'memory']) {
      const limited = positive(limits, name);
      if (limited || positive(requests, name)) any = true;
      // A request left out equals the limit; one below it is burstable.
      if (!limited || (requests?.[name] !== undefined && milliOf(requests[name]) !== milliOf(limits?.[name]))) {
        guaranteed = false;
      }
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
