/** The requests for devices that a pod's extended resources are (`createRequestsAndMappings`). */
import type { DeviceRequest } from '../../../kube/devices/types.ts';
import { unitsOf } from '../../../kube/machinery/quantity.ts';
import type { Container, Pod } from '../../../kube/types.ts';

export interface Mapping {
  containerName: string;
  resourceName: string;
  requestName: string;
}

export interface ExtendedRequests {
  requests: DeviceRequest[];
  mappings: Mapping[];
}

interface Made {
  request?: DeviceRequest;
  mappings: Mapping[];
}

/** `classes`: the names of classes by the resources that the node has no other way to give. */
export function extendedRequests({ spec }: Pod, classes: ReadonlyMap<string, string>): ExtendedRequests {
  const inits = spec?.initContainers ?? [];
  const containers = [...inits, ...(spec?.containers ?? [])];
  const isBrief = (container: Container, at: number): boolean =>
    at < inits.length && container.restartPolicy !== 'Always';
  const requests: DeviceRequest[] = [];
  const mappings: Mapping[] = [];
  for (const resource of [...classes.keys()].sort()) {
    const className = classes.get(resource) ?? '';
    const lasting = containers.map((container, at) =>
      isBrief(container, at) ? { mappings: [] } : make(container, at, resource, className, []),
    );
    const own = lasting.flatMap(({ request }) => request ?? []);
    // A container that ends before others begin may use their devices.
    const brief = inits.flatMap((container, at) => {
      if (!isBrief(container, at)) return [];
      return [
        make(
          container,
          at,
          resource,
          className,
          lasting.slice(at).flatMap(({ request }) => request ?? []),
        ),
      ];
    });
    const largest = largestOf(brief.flatMap(({ request }) => request ?? []));
    if (largest) requests.push(largest);
    requests.push(...own);
    mappings.push(...lasting.flatMap((made) => made.mappings), ...brief.flatMap((made) => withRequest(made, largest)));
  }
  return { requests: requests.sort((a, b) => (a.name < b.name ? -1 : 1)), mappings };
}

/** One request serves all that run one after another. */
function withRequest({ request, mappings }: Made, largest: DeviceRequest | undefined): Mapping[] {
  return mappings.map((mapping) =>
    largest && mapping.requestName === request?.name ? { ...mapping, requestName: largest.name } : mapping,
  );
}

function largestOf(requests: readonly DeviceRequest[]): DeviceRequest | undefined {
  let largest: DeviceRequest | undefined;
  for (const request of requests) if (!largest || countOf(request) > countOf(largest)) largest = request;
  return largest;
}

const countOf = ({ exactly }: DeviceRequest): number => exactly?.count ?? 0;

function make(
  { name: containerName, resources }: Container,
  at: number,
  resourceName: string,
  deviceClassName: string,
  reusable: readonly DeviceRequest[],
): Made {
  const wanted = unitsOf(resources?.requests?.[resourceName]);
  if (wanted === 0) return { mappings: [] };
  const mappings: Mapping[] = [];
  let sum = 0;
  for (const request of reusable) {
    sum += countOf(request);
    mappings.push({ containerName, resourceName, requestName: request.name });
    if (sum >= wanted) return { mappings };
  }
  const names = Object.keys(resources?.requests ?? {}).sort();
  const name = `container-${at}-request-${names.indexOf(resourceName)}`;
  mappings.push({ containerName, resourceName, requestName: name });
  const exactly = { deviceClassName, allocationMode: 'ExactCount', count: wanted - sum };
  return { request: { name, exactly }, mappings };
}
