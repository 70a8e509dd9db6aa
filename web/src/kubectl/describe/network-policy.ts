import type { NetworkPolicy } from '../../../../kube/types.ts';
import { selectorText } from '../print/labels.ts';
import type { Describer } from './describer.ts';
import { annotationLines, labelLines } from './parts.ts';
import type { Sheet } from './sheet.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Peer = NonNullable<NonNullable<Spec['egress']>[number]['to']>[number];
type Port = NonNullable<NonNullable<Spec['egress']>[number]['ports']>[number];
type Incoming = { from?: Peer[]; ports?: Port[] };

const INDENT = '    ';

export const networkPolicy: Describer<NetworkPolicy> = {
  eventKind: 'no events',
  describe: (sheet, { metadata, spec }) => {
    sheet.line(0, `Name:\t${metadata.name}`);
    sheet.line(0, `Namespace:\t${metadata.namespace}`);
    sheet.line(0, `Created on:\t${(metadata.creationTimestamp ?? '').replace('T', ' ').replace('Z', ' +0000 UTC')}`);
    labelLines(sheet, 'Labels', metadata.labels);
    annotationLines(sheet, 'Annotations', metadata.annotations);
    sheet.line(0, 'Spec:');
    const selector = spec?.podSelector ?? {};
    const isAll =
      Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
    const everything = '<none> (Allowing the specific traffic to all pods in this namespace)';
    sheet.line(1, `PodSelector:     ${isAll ? everything : selectorText(selector)}`);
    const types = spec?.policyTypes ?? [];
    if (types.includes('Ingress')) {
      sheet.line(1, 'Allowing ingress traffic:');
      rules(
        sheet,
        ((spec?.ingress ?? []) as Incoming[]).map(({ from, ports }) => ({ peers: from, ports })),
        WORDS.ingress,
      );
    } else sheet.line(1, 'Not affecting ingress traffic');
    if (types.includes('Egress')) {
      sheet.line(1, 'Allowing egress traffic:');
      rules(
        sheet,
        (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
        WORDS.egress,
      );
    } else sheet.line(1, 'Not affecting egress traffic');
    sheet.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
  },
};

const WORDS = {
  ingress: { direction: 'ingress', peer: 'From', any: 'From: <any> (traffic not restricted by source)' },
  egress: { direction: 'egress', peer: 'To', any: 'To: <any> (traffic not restricted by destination)' },
};

interface Rule {
  peers?: readonly Peer[];
  ports?: readonly Port[];
}

function rules(sheet: Sheet, all: readonly Rule[], words: (typeof WORDS)['ingress']): void {
  const line = (text: string, level = 0): void => sheet.line(level, `${INDENT}${text}`);
  if (all.length === 0) line(`<none> (Selected pods are isolated for ${words.direction} connectivity)`);
  for (const [index, { peers = [], ports = [] }] of all.entries()) {
    if (ports.length === 0) line('To Port: <any> (traffic allowed to all ports)');
    for (const { port, protocol = 'TCP', endPort } of ports) {
      line(
        endPort === undefined
          ? `To Port: ${port ?? '<nil>'}/${protocol}`
          : `To Port Range: ${port}-${endPort}/${protocol}`,
      );
    }
    if (peers.length === 0) line(words.any);
    for (const { podSelector, namespaceSelector, ipBlock } of peers) {
      line(`${words.peer}:`);
      if (namespaceSelector) line(`NamespaceSelector: ${selectorText(namespaceSelector)}`, 1);
      if (podSelector) line(`PodSelector: ${selectorText(podSelector)}`, 1);
      if (!ipBlock || podSelector || namespaceSelector) continue;
      line('IPBlock:', 1);
      line(`CIDR: ${ipBlock.cidr}`, 2);
      line(`Except: ${(ipBlock.except ?? []).join(', ')}`, 2);
    }
    if (index < all.length - 1) line('----------');
  }
}
