/** Counts of evaluations (`k8s.io/pod-security-admission/metrics`). */
import type { Registry } from '../../../../kube/metrics/registry.ts';
import type { LevelVersion } from '../../../../kube/pod-security/policy.ts';
import type { Attributes } from '../attributes.ts';

type Labels = readonly [operation: string, resource: string, subresource: string];

export function countEvaluation(
  attributes: Attributes,
  decision: 'allow' | 'deny',
  mode: 'enforce' | 'audit' | 'warn',
  { level, version }: LevelVersion,
): void {
  const { metrics } = attributes.call.server;
  // The level `privileged` is the same in every version.
  const shown = level === 'privileged' ? 'latest' : String(version);
  metrics.count('pod_security_evaluations_total', decision, mode, level, shown, ...labelsOf(attributes));
}

/** Upstream shows these counts before there is any (`populateCache`). Called whenever metrics are read. */
export function showFirstCounts(metrics: Registry): undefined {
  for (const operation of ['create', 'update']) {
    metrics.value('pod_security_evaluations_total', 'allow', 'enforce', 'privileged', 'latest', operation, 'pod', '');
    for (const resource of ['pod', 'controller'])
      metrics.value('pod_security_exemptions_total', operation, resource, '');
  }
}

export function countExemption(attributes: Attributes): void {
  attributes.call.server.metrics.count('pod_security_exemptions_total', ...labelsOf(attributes));
}

function labelsOf({ call, operation, subresource }: Attributes): Labels {
  const { resource } = call.kind;
  const shown = resource === 'pods' ? 'pod' : resource === 'namespaces' ? 'namespace' : 'controller';
  return [operation.toLowerCase(), shown, subresource];
}
