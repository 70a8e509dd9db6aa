/** `kubectl expose` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Container, PodSpec, ServicePort } from '../../../../kube/types.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, throwAll } from '../errors.ts';
import { string } from '../flags/define.ts';
import { SAVE_CONFIG, writeFlags } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import type { Info } from '../resources/info.ts';
import { merged } from '../resources/patching.ts';
import { findObjects } from '../resources/query.ts';
import { createObject, typed } from './create/generator.ts';

const KINDS = ['Deployment', 'Pod', 'ReplicaSet', 'ReplicationController', 'Service'];

export const expose: Command = {
  name: 'expose',
  section: 'Basic Commands (Beginner)',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  examples: 'kubectl expose deployment web --port=80 --target-port=8080',
  args: '(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--type=type]',
  completes: 'types-and-names',
  flags: [
    ...writeFlags('kubectl-expose'),
    ...filenameFlags('identifying the resource to expose a service'),
    SAVE_CONFIG,
    string('protocol', "The network protocol for the service to be created. Default is 'TCP'.", {
      choices: ['TCP', 'UDP', 'SCTP'],
    }),
    string('port', 'The port that the service should serve on. Copied from the resource being exposed, if unspecified'),
    string(
      'type',
      "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'.",
      { choices: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] },
    ),
    string(
      'selector',
      'A label selector to use for this service. If empty (the default) infer the selector from the resource being exposed.',
    ),
    string('labels', 'Labels to apply to the service created by this call.', { short: 'l' }),
    string('target-port', 'Name or number for the port on the container that the service should direct traffic to.'),
    string('external-ip', 'Additional external IP address (not managed by Kubernetes) to accept for the service.'),
    string('name', 'The name for the newly created object.'),
    string(
      'session-affinity',
      "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    ),
    string(
      'cluster-ip',
      "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service.",
    ),
    string('overrides', 'An inline JSON override for the generated object.'),
  ],
  run,
};

async function run(context: Context): Promise<void> {
  const { infos, errors } = await findObjects(context, { args: context.args, files: true, latest: true });
  for (const info of infos) {
    try {
      let service = serviceFor(context, info);
      const overrides = context.flags.string('overrides');
      if (overrides !== '') service = merged(service, JSON.parse(overrides) as object);
      await createObject(context, service, undefined, 'exposed');
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
}

interface Spec {
  selector?: Record<string, string> & { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
  template?: { spec?: PodSpec };
  containers?: Container[];
  ports?: ServicePort[];
}

function serviceFor({ flags }: Context, { mapping, object, name }: Info): KubeObject {
  if (!KINDS.includes(mapping.kind)) {
    const resource = mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`;
    throw new CommandError(`cannot expose a ${resource}`);
  }
  const exposed = object as KubeObject;
  const given = portsOf(exposed);
  const selector = flags.string('selector') === '' ? selectorOf(exposed) : pairsOf(flags.string('selector'));
  const labels = flags.string('labels') === '' ? exposed.metadata.labels : pairsOf(flags.string('labels'));
  const ports = servicePorts(
    flags.string('port'),
    given,
    flags.string('target-port'),
    flags.string('protocol'),
    flags.string('cluster-ip'),
  );
  const spec = {
    ...(flags.string('cluster-ip') !== '' && { clusterIP: flags.string('cluster-ip') }),
    ...(flags.string('external-ip') !== '' && { externalIPs: [flags.string('external-ip')] }),
    ...(ports.length > 0 && { ports }),
    selector,
    ...(flags.string('session-affinity') !== '' && { sessionAffinity: flags.string('session-affinity') }),
    ...(flags.string('type') !== '' && { type: flags.string('type') }),
  };
  const service = typed('v1', 'Service', flags.string('name') || name.slice(0, 63), {
    spec,
    status: { loadBalancer: {} },
  });
  if (labels && Object.keys(labels).length > 0) service.metadata.labels = labels;
  return service;
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key = '', value, ...more] = pair.split('=');
      if (value === undefined || more.length > 0) throw new CommandError(`unexpected label spec: ${pair}`);
      return [key, value];
    }),
  );
}

function selectorOf({ kind, metadata, spec }: KubeObject): Record<string, string> {
  const fail = (why: string): never => {
    throw new CommandError(`couldn't retrieve selectors via --selector flag or introspection: ${why}`);
  };
  const { selector } = (spec ?? {}) as Spec;
  if (kind === 'Pod') {
    return Object.keys(metadata.labels ?? {}).length > 0
      ? (metadata.labels ?? {})
      : fail('the pod has no labels and cannot be exposed');
  }
  if (kind === 'Service' || kind === 'ReplicationController') {
    return selector ?? fail('the service has no pod selector set');
  }
  if ((selector?.matchExpressions ?? []).length > 0) {
    return fail(
      `couldn't convert expressions - "${JSON.stringify(selector?.matchExpressions)}" to map-based selector format`,
    );
  }
  return selector?.matchLabels ?? fail('the object has no selector');
}

interface Port {
  port: number;
  protocol: string;
}

function portsOf({ kind, spec }: KubeObject): Port[] {
  const { ports, containers, template } = (spec ?? {}) as Spec;
  if (kind === 'Service') return (ports ?? []).map(({ port, protocol = 'TCP' }) => ({ port, protocol }));
  const all = (containers ?? template?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return all.map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol }));
}

function servicePorts(
  given: string,
  known: readonly Port[],
  target: string,
  protocol: string,
  clusterIP: string,
): object[] {
  const wanted =
    given === ''
      ? known
      : given.split(',').map((text) => ({
          port: Number(text),
          protocol: known.find(({ port }) => String(port) === text)?.protocol ?? 'TCP',
        }));
  if (wanted.length === 0 && clusterIP !== 'None') {
    throw new CommandError("couldn't find port via --port flag or introspection");
  }
  const targetPort = target === '' ? undefined : /^\d+$/.test(target) ? Number(target) : target;
  return wanted.map((each, index) => ({
    ...(wanted.length > 1 && { name: `port-${index + 1}` }),
    port: each.port,
    protocol: protocol || each.protocol,
    targetPort: targetPort ?? each.port,
  }));
}
