/** The nodes from which devices can be reached. */
import { matchesTerm } from '../scheduling/node-selector.ts';
import type { Device, NodeSelection, NodeSelector, Slice } from './types.ts';

export interface NodeIdentity {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** `NodeMatches` */
export function nodeMatches(node: NodeIdentity, { nodeName, allNodes, nodeSelector }: NodeSelection): boolean {
  if (nodeName) return node.name === nodeName;
  return allNodes === true || (nodeSelector !== undefined && selectorMatches(nodeSelector, node));
}

export function selectorMatches({ nodeSelectorTerms }: NodeSelector, { name, labels }: NodeIdentity): boolean {
  return nodeSelectorTerms.some((term) => matchesTerm(term, name, labels));
}

/** The nodes on which an allocation can be used; undefined for all (`createNodeSelector`). */
export function commonSelector(
  devices: readonly { device: Device; slice: Slice }[],
  node: string,
): NodeSelector | undefined {
  const fields: Requirement[] = [];
  const expressions: Requirement[] = [];
  for (const { device, slice } of devices) {
    const { nodeName, nodeSelector } = slice.spec.perDeviceNodeSelection ? device : slice.spec;
    if (nodeName !== undefined || device.bindsToNode) {
      return { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] };
    }
    const [term] = nodeSelector?.nodeSelectorTerms ?? [];
    addNew(term?.matchFields, fields);
    addNew(term?.matchExpressions, expressions);
  }
  if (fields.length === 0 && expressions.length === 0) return undefined;
  return {
    nodeSelectorTerms: [
      {
        ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
        ...(fields.length > 0 ? { matchFields: fields } : {}),
      },
    ],
  };
}

type Requirement = NonNullable<NodeSelector['nodeSelectorTerms'][number]['matchFields']>[number];

function addNew(from: readonly Requirement[] | undefined, to: Requirement[]): void {
  for (const requirement of from ?? []) if (!to.some((one) => isSame(one, requirement))) to.push(requirement);
}

function isSame(a: Requirement, b: Requirement): boolean {
  const [left, right] = [new Set(a.values), new Set(b.values)];
  const sameValues = left.size === right.size && [...left].every((value) => right.has(value));
  return a.key === b.key && a.operator === b.operator && sameValues;
}
