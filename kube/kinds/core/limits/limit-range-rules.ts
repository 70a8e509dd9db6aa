/**
 * The defaults that a LimitRange adds to a pod, and the limits that it enforces
 * (upstream `plugin/pkg/admission/limitranger/admission.go`).
 */
import { formatQuantity, type Quantity } from '../../../machinery/quantity.ts';
import type { Container, LimitRange, PersistentVolumeClaim, Pod, PodSpec } from '../../../types.ts';
import { aggregateQuantities, type ResourceList } from '../pod-spec/resources.ts';
import { type Amounts, type Asked, aboveMax, aboveRatio, amountOf, belowMin, requestAboveMax } from './constraints.ts';
import { type LimitRangeItem, limitsOf } from './limit-range-validation.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';
/** The only resources of a pod as a whole that count here. */
const POD_LEVEL = ['cpu', 'memory'];

/**
 * Containers get the requests and limits that they leave out, and an annotation says so. Tells whether any did.
 */
export function setLimitRangeDefaults({ metadata, spec }: Pod, range: LimitRange): boolean {
  if (!spec) return false;
  const items = limitsOf(range).filter(({ type }) => type === 'Container');
  const requests: ResourceList = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest));
  const limits: ResourceList = Object.assign({}, ...items.map((item) => item.default));
  const said = [
    ...(spec.containers ?? []).flatMap((container) => fill(container, requests, limits, 'container')),
    ...(spec.initContainers ?? []).flatMap((container) => fill(container, requests, limits, 'init container')),
  ];
  if (said.length === 0) return false;
  metadata.annotations = { ...metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${said.join('; ')}` };
  return true;
}

function fill(container: Container, requests: ResourceList, limits: ResourceList, what: string): string[] {
  container.resources ??= {};
  const { resources } = container;
  const added = (which: 'requests' | 'limits', defaults: ResourceList): string[] => {
    const names = Object.keys(defaults).filter((name) => !Object.hasOwn(resources[which] ?? {}, name));
    if (names.length === 0) return names;
    resources[which] = {
      ...resources[which],
      ...Object.fromEntries(names.map((name) => [name, defaults[name] ?? ''])),
    };
    return names.sort();
  };
  const [limited, requested] = [added('limits', limits), added('requests', requests)];
  return [
    ...(requested.length > 0 ? [`${requested.join(', ')} request for ${what} ${container.name}`] : []),
    ...(limited.length > 0 ? [`${limited.join(', ')} limit for ${what} ${container.name}`] : []),
  ];
}

export function podViolations({ spec }: Pod, range: LimitRange): string[] {
  if (!spec) return [];
  return limitsOf(range).flatMap((item) => {
    const { type } = item;
    if (type === 'Pod') return violations(item, { type, ...ofPod(spec) });
    if (type !== 'Container') return [];
    return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
      violations(item, { type, requests: amounts(resources?.requests), limits: amounts(resources?.limits) }),
    );
  });
}

function violations({ min, max, maxLimitRequestRatio: ratio }: LimitRangeItem, asked: Asked): string[] {
  return [
    ...[...amounts(min)].map(([name, amount]) => belowMin(name, amount, asked)),
    ...[...amounts(max)].map(([name, amount]) => aboveMax(name, amount, asked)),
    ...[...amounts(ratio)].map(([name, amount]) => aboveRatio(name, amount, asked)),
  ].filter((text) => text !== undefined);
}

function ofPod(spec: PodSpec): Omit<Asked, 'type'> {
  const total = (which: 'requests' | 'limits'): Amounts => {
    const sums = new Map([...aggregateQuantities(spec, which)].map(([name, value]) => [name, withText(value)]));
    for (const [name, amount] of amounts(spec.resources?.[which])) if (POD_LEVEL.includes(name)) sums.set(name, amount);
    return sums;
  };
  return { requests: total('requests'), limits: total('limits') };
}

function withText(quantity: Quantity): Quantity & { text: string } {
  return { ...quantity, text: formatQuantity(quantity) };
}

/** Only requests count, and nothing is added. */
export function claimViolations({ spec }: PersistentVolumeClaim, range: LimitRange): string[] {
  const type = 'PersistentVolumeClaim';
  const asked: Asked = { type, requests: amounts(spec?.resources?.requests), limits: new Map() };
  return limitsOf(range)
    .filter((item) => item.type === type)
    .flatMap(({ min, max }) => [
      ...[...amounts(min)].map(([name, amount]) => belowMin(name, amount, asked)),
      ...[...amounts(max)].map(([name, amount]) => requestAboveMax(name, amount, asked)),
    ])
    .filter((text) => text !== undefined);
}

function amounts(list: ResourceList | undefined): Amounts {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, amountOf(text)]));
}
