/** Services, Ingresses, EndpointSlices and NetworkPolicies. */
import { joinHostPort } from '../../../../kube/machinery/join-host-port.ts';
import type { EndpointSlice, Ingress, Service } from '../../../../kube/types.ts';
import type { Context } from '../context.ts';
import { formatLabels } from '../print/labels.ts';
import type { Describer } from './describer.ts';
import { annotationLines, columns, heading, labelLines } from './parts.ts';
import type { Sheet } from './sheet.ts';

const SHOWN = 3;

async function slicesOf(context: Context, namespace: string, service: string): Promise<EndpointSlice[]> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return (await context.client.get<{ items: EndpointSlice[] }>(path, { labelSelector })).items;
}

/** The ready endpoints of a port: three, and how many more. */
function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const all = slices.flatMap(({ ports, endpoints }) => {
    const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    const addresses = ready.map(({ addresses: [first = ''] }) => first);
    if (!ports || ports.length === 0) return addresses;
    const fitting = ports.filter(({ name }) => (name ?? '') === portName);
    return fitting.flatMap(({ port }) => addresses.map((address) => joinHostPort(address, String(port))));
  });
  const list = all.slice(0, SHOWN).join(',');
  return all.length > SHOWN ? `${list} + ${all.length - SHOWN} more...` : list;
}

export const service: Describer<Service> = {
  describe: async (sheet, object, { context }) => {
    const { metadata, spec, status } = object;
    const slices = await slicesOf(context, metadata.namespace ?? '', metadata.name ?? '');
    const given = (title: string, value: unknown): void => {
      if (value !== undefined && value !== '' && value !== 0) sheet.line(0, `${title}:\t${value}`);
    };
    heading(sheet, object);
    sheet.line(0, `Selector:\t${formatLabels(spec?.selector)}`);
    sheet.line(0, `Type:\t${spec?.type}`);
    given('IP Family Policy', spec?.ipFamilyPolicy);
    sheet.line(0, `IP Families:\t${spec?.ipFamilies?.join(',') || '<none>'}`);
    sheet.line(0, `IP:\t${spec?.clusterIP ?? ''}`);
    sheet.line(0, `IPs:\t${spec?.clusterIPs?.join(',') || '<none>'}`);
    given('External IPs', spec?.externalIPs?.join(','));
    given('Desired LoadBalancer IP', spec?.loadBalancerIP);
    given('External Name', spec?.externalName);
    given('LoadBalancer Ingress', balancerText(status?.loadBalancer?.ingress));
    for (const port of spec?.ports ?? []) ports(sheet, port, slices);
    sheet.line(0, `Session Affinity:\t${spec?.sessionAffinity}`);
    given('External Traffic Policy', spec?.externalTrafficPolicy);
    given('Internal Traffic Policy', spec?.internalTrafficPolicy);
    given('HealthCheck NodePort', spec?.healthCheckNodePort);
    given('LoadBalancer Source Ranges', spec?.loadBalancerSourceRanges?.join(','));
    given('Traffic Distribution', spec?.trafficDistribution);
  },
};

function ports(
  sheet: Sheet,
  port: NonNullable<NonNullable<Service['spec']>['ports']>[number],
  slices: readonly EndpointSlice[],
): void {
  const name = port.name || '<unset>';
  sheet.line(0, `Port:\t${name}\t${port.port}/${port.protocol}`);
  sheet.line(0, `TargetPort:\t${port.targetPort}/${port.protocol}`);
  if (port.appProtocol) sheet.line(0, `AppProtocol:\t${port.appProtocol}`);
  if (port.nodePort) sheet.line(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}`);
  sheet.line(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}`);
}

function balancerText(list: readonly { ip?: string; ipMode?: string; hostname?: string }[] | undefined): string {
  return (list ?? [])
    .map(({ ip, ipMode, hostname }) => (ip ? `${ip}${ipMode ? ` (${ipMode})` : ''}` : hostname))
    .join(', ');
}

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;

export const ingress: Describer<Ingress> = {
  describe: async (sheet, { metadata, spec, status }, { context }) => {
    const namespace = metadata.namespace ?? '';
    sheet.line(0, `Name:\t${metadata.name}`);
    labelLines(sheet, 'Labels', metadata.labels);
    sheet.line(0, `Namespace:\t${namespace}`);
    const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
    sheet.line(0, `Address:\t${[...new Set(addresses)].sort().join(',')}`);
    sheet.line(0, `Ingress Class:\t${spec?.ingressClassName ?? '<none>'}`);
    const fallback = spec?.defaultBackend ? await backendText(context, namespace, spec.defaultBackend) : '<default>';
    sheet.line(0, `Default backend:\t${fallback}`);
    if (spec?.tls?.length) sheet.line(0, 'TLS:');
    for (const { secretName, hosts = [] } of spec?.tls ?? []) {
      sheet.line(1, secretName ? `${secretName} terminates ${hosts.join(',')}` : `SNI routes ${hosts.join(',')}`);
    }
    sheet.line(0, 'Rules:');
    columns(sheet, 1, ['Host', 'Path', 'Backends'], ['----', '----', '--------'], []);
    let count = 0;
    for (const { host, http } of spec?.rules ?? []) {
      if (!http) continue;
      count++;
      sheet.line(1, `${host || '*'}\t`);
      for (const { path = '', backend } of http.paths) {
        sheet.line(2, `\t${path} \t${await backendText(context, namespace, backend)}`);
      }
    }
    if (count === 0) sheet.line(1, `*\t*\t${fallback}`);
    annotationLines(sheet, 'Annotations', metadata.annotations);
  },
};

async function backendText(
  context: Context,
  namespace: string,
  { service: named, resource }: Backend,
): Promise<string> {
  if (resource) return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`;
  if (!named) return '';
  const text = `${named.name}:${named.port?.number || named.port?.name || ''}`;
  try {
    const slices = await slicesOf(context, namespace, named.name);
    const found = await context.client.get<Service>(`/api/v1/namespaces/${namespace}/services/${named.name}`);
    const port = found.spec?.ports?.findLast(({ port: number, name }) =>
      named.port?.number ? number === named.port.number : name === named.port?.name,
    );
    return `${text} (${endpointsText(slices, port?.name ?? '')})`;
  } catch (error) {
    return `${text} (<error: ${(error as Error).message}>)`;
  }
}

export const endpointSlice: Describer<EndpointSlice> = {
  describe: (sheet, object) => {
    heading(sheet, object);
    sheet.line(0, `AddressType:\t${object.addressType}`);
    const all = object.ports ?? [];
    sheet.line(0, all.length === 0 ? 'Ports: <unset>' : 'Ports:');
    if (all.length > 0) {
      const rows = all.map(({ name, port, protocol }) => [
        name || '<unset>',
        String(port ?? '<unset>'),
        protocol ?? '',
      ]);
      columns(sheet, 1, ['Name', 'Port', 'Protocol'], ['----', '----', '--------'], rows);
    }
    const endpoints = object.endpoints ?? [];
    sheet.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:');
    for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
      sheet.line(1, `- Addresses:\t${addresses.join(', ') || '<none>'}`);
      sheet.line(2, 'Conditions:');
      sheet.line(3, `Ready:\t${conditions?.ready ?? '<unset>'}`);
      sheet.line(2, `Hostname:\t${hostname ?? '<unset>'}`);
      if (targetRef) sheet.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`);
      sheet.line(2, `NodeName:\t${nodeName ?? '<unset>'}`);
      sheet.line(2, `Zone:\t${zone ?? '<unset>'}`);
    }
  },
};
