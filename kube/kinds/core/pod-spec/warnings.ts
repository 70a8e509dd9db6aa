/** What is let through, but likely not meant (`pkg/api/pod/warnings.go`). */
import { semanticEqual } from '../../../machinery/equality.ts';
import { isDNS1123Label } from '../../../machinery/names.ts';
import type { ObjectMeta } from '../../../machinery/object.ts';
import { parseQuantity } from '../../../machinery/quantity.ts';
import { schemaOf } from '../../../machinery/schema/resolve.ts';
import type { Container, PodSpec, PodTemplateSpec } from '../../../types.ts';

import { repeated } from '../../validation/repeated.ts';

const NANO = 1_000_000_000n;
/** Warnings beyond some dozen reach nobody, and each port may be like every other. */
const MOST_WARNINGS = 200;

interface At {
  container: Container;
  field: string;
}

function allContainers(spec: PodSpec, field: string): At[] {
  return (['initContainers', 'containers'] as const).flatMap((which) =>
    (spec[which] ?? []).map((container, index) => ({ container, field: `${field}.${which}[${index}]` })),
  );
}

function fractions({ container, field }: At): string[] {
  const warnings: string[] = [];
  for (const name of ['memory', 'ephemeral-storage']) {
    for (const which of ['limits', 'requests'] as const) {
      const text = container.resources?.[which]?.[name];
      const quantity = text === undefined ? undefined : parseQuantity(text);
      if (!quantity || quantity.nano % NANO === 0n) continue;
      const at = `${field}.resources.${which}[${name}]`;
      warnings.push(`${at}: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`);
    }
  }
  return warnings;
}

function hiddenVariables({ container, field }: At): string[] {
  const seen = new Set<string>();
  return (container.env ?? []).flatMap(({ name, value = '', valueFrom }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    // Building on the value before is fine: `$(PATH):/more`.
    const before = `$(${name})`;
    if (!valueFrom && value !== before && value.includes(before)) return [];
    const hides = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
    return [`${field}.env[${index}]: ${hides}`];
  });
}

function doubledPorts(containers: readonly At[]): string[] {
  const warnings: string[] = [];
  const ports = containers.flatMap(({ container, field }) =>
    (container.ports ?? []).map((port, index) => ({ port, field: `${field}.ports[${index}]` })),
  );
  const alike = new Map<string, typeof ports>();
  for (const each of ports) {
    const { port, field } = each;
    const [hostPort, hostIP] = [port.hostPort ?? 0, port.hostIP ?? ''];
    const others = alike.get(`${port.containerPort}/${port.protocol}`) ?? [];
    alike.set(`${port.containerPort}/${port.protocol}`, others);
    for (const other of others) {
      if (warnings.length >= MOST_WARNINGS) break;
      const [otherPort, otherIP] = [other.port.hostPort ?? 0, other.port.hostIP ?? ''];
      if (hostPort === otherPort && hostIP === otherIP) {
        warnings.push(`${field}: duplicate port definition with ${other.field}`);
      } else if (hostPort === 0 || otherPort === 0) {
        warnings.push(`${field}: overlapping port definition with ${other.field}`);
      } else if (hostPort === otherPort && (hostIP === '') !== (otherIP === '')) {
        warnings.push(`${field}: dangerously ambiguous port definition with ${other.field}`);
      }
    }
    others.push(each);
  }
  const names = new Map<string, string>();
  for (const { port, field } of ports) {
    if (!port.name) continue;
    const first = names.get(port.name);
    if (first === undefined) names.set(port.name, field);
    else {
      const name = JSON.stringify(port.name);
      const use = `services and probes that select ports by name will use ${first}`;
      warnings.push(`${field}: duplicate port name ${name} with ${first}, ${use}`);
    }
  }
  return warnings;
}

function doubles(values: readonly string[], at: (index: number) => string): string[] {
  return Array.from(repeated(values), (index) => `${at(index)} ${JSON.stringify(values[index])}`);
}

export function podSpecWarnings(spec: PodSpec, field: string): string[] {
  const containers = allContainers(spec, field);
  const secrets = (spec.imagePullSecrets ?? []).map(({ name = '' }) => name);
  const spread = (spec.topologySpreadConstraints ?? []).flatMap(({ labelSelector }, index) =>
    labelSelector
      ? []
      : [`${field}.topologySpreadConstraints[${index}].labelSelector: a null labelSelector results in matching no pod`],
  );
  const hosts = (spec.hostAliases ?? []).map(({ ip }) => ip ?? '');
  const negative = (spec.terminationGracePeriodSeconds ?? 0) < 0;
  return [
    ...spread,
    ...doubles(hosts, (index) => `${field}.hostAliases[${index}].ip: duplicate ip`),
    ...doubles(secrets, (index) => `${field}.imagePullSecrets[${index}].name: duplicate name`),
    ...secrets.flatMap((name, index) =>
      name === '' ? [`${field}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
    ...containers.flatMap((at) => [...fractions(at), ...hiddenVariables(at)]),
    ...doubledPorts(containers),
    ...(negative
      ? [`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
  ];
}

interface Workload {
  metadata: ObjectMeta;
  spec?: { template?: PodTemplateSpec };
}

/** Of a workload's template, when it has changed. */
export function templateWarnings({ spec }: Workload, old: Workload | undefined): string[] {
  const template = spec?.template;
  if (!template?.spec || semanticEqual(schemaOf('io.k8s.api.core.v1.PodTemplateSpec'), template, old?.spec?.template))
    return [];
  return podSpecWarnings(template.spec, 'spec.template.spec');
}

/** Of a workload whose name becomes a part of its pods' host names. */
export function workloadWarnings(next: Workload, old: Workload | undefined): string[] {
  return [...(old ? [] : hostNameWarnings(next.metadata)), ...templateWarnings(next, old)];
}

export function hostNameWarnings({ name = '' }: ObjectMeta): string[] {
  const messages = isDNS1123Label(name);
  if (messages.length === 0) return [];
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
  ];
}
