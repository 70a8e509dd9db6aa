import type { Ingress } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { loadBalancerText } from '../columns/load-balancer.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { ipWarnings } from '../validation/ip.ts';
import { validateBalancer } from '../validation/load-balancer.ts';
import { validateIngress } from './ingress-validation.ts';

const SHOWN = 3;

/** `formatHosts`: rules without a host count as hidden ones too. */
function hosts({ spec }: Ingress): string {
  const rules = spec?.rules ?? [];
  const named = rules.flatMap(({ host }) => host || []);
  if (named.length === 0) return '*';
  const text = named.slice(0, SHOWN).join(',');
  const last = rules.findLastIndex(({ host }) => host === named[SHOWN - 1]);
  const more = named.length > SHOWN || (named.length === SHOWN && last < rules.length - 1);
  return more ? `${text} + ${rules.length - SHOWN} more...` : text;
}

const CLASS = 'kubernetes.io/ingress.class';

export const ingress = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  scope: 'Namespaced',
  support: 'stored',
  generation: true,
  columns: [
    nameColumn,
    column<Ingress>('Class', 'Which controller it is for.', ({ spec }) => spec?.ingressClassName ?? NONE),
    column('Hosts', 'Hosts it answers for.', hosts),
    column<Ingress>('Address', 'Addresses of its load balancer.', ({ status }) =>
      loadBalancerText(status?.loadBalancer),
    ),
    column<Ingress>('Ports', 'Ports it listens on.', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
  subresources: { status: true },
  strategy: {
    validate: validateIngress,
    validateStatusUpdate: (next, old) => validateBalancer(next.status?.loadBalancer, old.status?.loadBalancer),
    statusWarnings: ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, index) =>
        ip ? ipWarnings(ip, `status.loadBalancer.ingress[${index}]`) : [],
      ),
    warnings: ({ metadata, spec }, old) =>
      old || metadata.annotations?.[CLASS] === undefined || spec?.ingressClassName !== undefined
        ? []
        : [`annotation "${CLASS}" is deprecated, please use 'spec.ingressClassName' instead`],
    prepareForCreate: withStatus({ loadBalancer: {} }),
  },
});
