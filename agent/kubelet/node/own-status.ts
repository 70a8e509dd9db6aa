/** The part of a Node that is the agent's to say, so that what another client made of it is noticed. Pure. */
import type { Node } from '../../../kube/types.ts';

type Status = NonNullable<Node['status']>;

/** Labels that are put back while the node runs (kubelet `kubelet_node_status.go`, updateNode). */
const KEPT_LABELS = ['kubernetes.io/os', 'kubernetes.io/arch'];

/**
 * The fields of `there` that `written` has, as text without heartbeat times: of resources, conditions and addresses those
 * that it names.
 */
export function ownStatus(there: Status, written: Status): string {
  const own = Object.entries(written).map(([field, ours]) => {
    const theirs = there[field as keyof Status];
    if (field === 'conditions') return conditionsOf(there, written);
    if (field === 'addresses') return addressesOf(there, written);
    if (field !== 'capacity' && field !== 'allocatable') return theirs;
    return Object.keys(ours as object).map((name) => (theirs as Record<string, string> | undefined)?.[name]);
  });
  return JSON.stringify(own);
}

function conditionsOf({ conditions }: Status, written: Status): unknown[] {
  return (written.conditions ?? []).map(({ type }) => {
    const found = conditions?.find((condition) => condition.type === type);
    return found && { ...found, lastHeartbeatTime: undefined };
  });
}

function addressesOf({ addresses }: Status, written: Status): unknown[] {
  const types = new Set(written.addresses?.map(({ type }) => type));
  return (addresses ?? []).filter(({ type }) => types.has(type));
}

/** The labels that the Node has lost; undefined where it has them all. */
export function lostLabels({ metadata }: Node, labels: Record<string, string>): Record<string, string> | undefined {
  const lost = KEPT_LABELS.filter((name) => metadata.labels?.[name] !== labels[name]);
  return lost.length === 0 ? undefined : Object.fromEntries(lost.map((name) => [name, labels[name] ?? '']));
}
