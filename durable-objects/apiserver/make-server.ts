/** The state of an API server, made over the ports that its cluster hands it. */

import { AdmissionChain } from './admission/index.ts';
import { NamespaceStates } from './admission/namespace-lifecycle.ts';
import { NamespacedObjects } from './admission/namespaced-objects.ts';
import { showFirstCounts } from './admission/pod-security/metrics.ts';
import { NamespacePolicies } from './admission/pod-security/namespace-policies.ts';
import { PolicyRegistry } from './admission/policies/registry.ts';
import { DefaultPriorityClass } from './admission/priority.ts';
import { mutatingWebhooks } from './admission/webhooks/mutating.ts';
import { validatingWebhooks } from './admission/webhooks/validating.ts';
import { makeAggregation } from './aggregation/index.ts';
import { authenticatorChain } from './authn/authenticator.ts';
import { isletTokens } from './authn/islet-tokens.ts';
import { markLegacyUse } from './authn/legacy-token-use.ts';
import { serviceAccountTokens } from './authn/service-account-tokens.ts';
import { makeAuthorizer } from './authz/index.ts';
import { RuleResolver } from './authz/rbac/rule-resolver.ts';
import { Converter } from './conversion/converter.ts';
import { makeFlowControl } from './flow-control/flow-control.ts';
import { AdmissionMetrics } from './metrics/admission-metrics.ts';
import { constantGauges, storageGauges } from './metrics/gauges.ts';
import { unreachable } from './outbound.ts';
import { Quotas } from './quota/quotas.ts';
import type { RequestHandler } from './request.ts';
import type { Server, ServerPorts } from './server.ts';
import { makeServiceAllocator } from './services/allocator.ts';

/** `api`: the server itself, for the requests that its own parts send. */
export function makeServer(ports: ServerPorts, api: RequestHandler): Server {
  const { store, random, metrics, outbound = unreachable } = ports;
  const { cluster, isRevoked, roleOf } = ports.identity;
  const { now } = ports.clock;
  const { uuid } = random;
  const rules = new RuleResolver(store);
  const admissionMetrics = new AdmissionMetrics(metrics);
  const startedAt = now();
  metrics.onRead(() => constantGauges(startedAt));
  metrics.onRead(() => storageGauges(ports));
  metrics.onRead(() => showFirstCounts(metrics));
  const webhooks = [mutatingWebhooks(store, { outbound, uuid }), validatingWebhooks(store, { outbound, uuid })];
  return {
    ...ports,
    authenticate: authenticatorChain([
      isletTokens({ cluster, isRevoked, roleOf, now }),
      serviceAccountTokens({ cluster: cluster.id, store, isRevoked, now, legacyUsed: markLegacyUse(api, now) }),
    ]),
    authorize: makeAuthorizer(store, rules),
    rules,
    admissionMetrics,
    flowControl: makeFlowControl(ports, ports.limits),
    startedAt,
    admission: new AdmissionChain(admissionMetrics, [...webhooks, ...(ports.remotePlugins ?? [])]),
    converter: new Converter({ outbound, uuid, now, metrics }),
    namespaces: new NamespaceStates(),
    services: makeServiceAllocator(store, random.next),
    quotas: new Quotas(store),
    podSecurity: new NamespacePolicies(store, ports.podSecurityExemptions),
    limitRanges: new NamespacedObjects(store, 'limitranges'),
    defaultPriorityClass: new DefaultPriorityClass(),
    policies: new PolicyRegistry(store),
    aggregation: makeAggregation({
      ...ports,
      build: ports.build ?? 'unbuilt',
      uuid,
      now,
      api,
      report: (error, about) => ports.report('', error, about),
    }),
  };
}
