/** The containers that a terminal can be opened in. */
import type { Pod } from '../../../kube/types.ts';

export interface RunningContainer {
  name: string;
  /** Another run is another one. */
  id: string;
  stdin: boolean;
  tty: boolean;
}

export function runningContainers({ spec, status }: Pod): RunningContainer[] {
  const all = [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  const specs = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), ...(spec?.ephemeralContainers ?? [])];
  const running = all.filter(({ state }) => state?.running);
  const order = (name: string) => specs.findIndex((each) => each.name === name);
  return running
    .toSorted((a, b) => order(a.name) - order(b.name))
    .map(({ name, containerID = '' }) => {
      const { stdin = false, tty = false } = specs.find((each) => each.name === name) ?? {};
      return { name, id: `${name}/${containerID}`, stdin, tty };
    });
}
