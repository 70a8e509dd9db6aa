/** The canonical form of subsets (upstream `pkg/api/v1/endpoints/util.go`), but for their order, which is that of texts. */
import type { Endpoints } from '../../../kube/types.ts';

export type Subset = NonNullable<Endpoints['subsets']>[number];
export type Address = NonNullable<Subset['addresses']>[number];
export type Port = NonNullable<Subset['ports']>[number];

/** Addresses that are reached at one port, and whether they are ready. */
interface Reached {
  /** undefined of a subset without ports. */
  port: Port | undefined;
  addresses: Map<Address, boolean>;
}

/** Ports that are reached at the same addresses share a subset. An address is the same by its IP and its target's uid. */
export function repackSubsets(subsets: readonly Subset[]): Subset[] {
  const known = new Map<string, Address>();
  const byPort = new Map<string, Reached>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    for (const port of ports.length > 0 ? ports : [undefined]) {
      const id = port ? `${port.name ?? ''} ${port.protocol ?? 'TCP'} ${port.port} ${port.appProtocol ?? ''}` : '';
      let reached = byPort.get(id);
      if (!reached) {
        reached = { port, addresses: new Map() };
        byPort.set(id, reached);
      }
      for (const address of addresses) note(reached, address, true, known);
      for (const address of notReadyAddresses) note(reached, address, false, known);
    }
  }
  const bySet = new Map<string, { ports: Port[]; addresses: Address[]; notReadyAddresses: Address[] }>();
  for (const { port, addresses } of byPort.values()) {
    const ordered = [...addresses].sort(([a], [b]) => compare(a.ip, b.ip) || compare(uidOf(a), uidOf(b)));
    const id = ordered.map(([address, ready]) => `${address.ip} ${uidOf(address)} ${ready}`).join();
    let group = bySet.get(id);
    if (!group) {
      group = { ports: [], addresses: [], notReadyAddresses: [] };
      for (const [address, ready] of ordered) (ready ? group.addresses : group.notReadyAddresses).push(address);
      bySet.set(id, group);
    }
    if (port) group.ports.push(port);
  }
  const groups = [...bySet].sort(([a], [b]) => compare(a, b)).map(([, group]) => group);
  return groups.map(({ addresses, notReadyAddresses, ports }) => ({
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
    ...(ports.length > 0 ? { ports: ports.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))) } : {}),
  }));
}

/** Not ready goes before ready. */
function note({ addresses }: Reached, address: Address, ready: boolean, known: Map<string, Address>): void {
  const id = `${address.ip} ${uidOf(address)}`;
  const first = known.get(id) ?? address;
  known.set(id, first);
  if (addresses.get(first) !== false) addresses.set(first, ready);
}

function uidOf({ targetRef }: Address): string {
  return targetRef?.uid ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
