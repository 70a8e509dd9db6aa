/** The ports of a pod or Service, as far as they can be opened in a browser, and the kubectl line that forwards one. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod, Service } from '../../../kube/types.ts';
import type { ForwardTarget } from '../../../wire/forwards.ts';
import { quote } from '../resources/actions/kubectl-line.ts';

export type Kind = ForwardTarget['kind'];

export interface Port {
  port: number;
  name?: string;
  protocol: string;
  scheme: ForwardTarget['scheme'];
}

/** In the order in which they are declared, each once. */
export function portsOf(kind: Kind, object: KubeObject): Port[] {
  const declared = kind === 'pods' ? ofPod(object as unknown as Pod) : ofService(object as unknown as Service);
  const byId = new Map<string, Port>();
  for (const each of declared) {
    const id = `${each.port}/${each.protocol}`;
    if (!byId.has(id)) byId.set(id, each);
  }
  return [...byId.values()];
}

function ofPod({ spec }: Pod): Port[] {
  // Of the init containers, those that stay.
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...(spec?.containers ?? []), ...sidecars].flatMap(({ ports = [] }) => ports);
  return ports.map(({ containerPort, ...port }) => portOf(containerPort, port));
}

function ofService({ spec }: Service): Port[] {
  if (spec?.type === 'ExternalName') return [];
  return (spec?.ports ?? []).map(({ port, appProtocol, ...more }) =>
    portOf(port, { ...more, name: appProtocol === 'https' ? 'https' : more.name }, more.name),
  );
}

function portOf(port: number, { name, protocol = 'TCP' }: { name?: string; protocol?: string }, shown = name): Port {
  const scheme = /^https\b/.test(name ?? '') || port === 443 || port === 8443 ? 'https' : 'http';
  return { port, ...(shown ? { name: shown } : {}), protocol, scheme };
}

export function isSame(one: ForwardTarget, other: ForwardTarget): boolean {
  const keys = ['kind', 'namespace', 'name', 'port', 'scheme'] as const;
  return keys.every((key) => one[key] === other[key]);
}

/** Ports below this one are the root user's. */
const FIRST_FREE = 1024;

/** 80 is forwarded to 8080, and 443 to 8443. */
export function forwardLine(kind: Kind, namespace: string, name: string, port: number): string {
  const local = port < FIRST_FREE ? `${8000 + port}:${port}` : String(port);
  const words = ['kubectl', 'port-forward', `${kind === 'pods' ? 'pod' : 'service'}/${name}`, local, '-n', namespace];
  return words.map(quote).join(' ');
}
