/** `kubectl create service clusterip|nodeport|loadbalancer|externalname` */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { type Flag, int, slice, string } from '../../flags/define.ts';
import { generator, typed } from './generator.ts';

const TCP = slice('tcp', "Port pairs can be specified as '<port>:<targetPort>'.");

function service(name: string, type: string, short: string, flags: readonly Flag[]): Command {
  return generator({
    name,
    short,
    examples: `kubectl create service ${name} web ${type === 'ExternalName' ? '--external-name example.com' : '--tcp=80:8080'}`,
    flags: [...flags, TCP],
    failure: `failed to create ${type} service: `,
    build: (context, objectName) => build(context, objectName, type),
  });
}

function build({ flags }: Context, name: string, type: string): KubeObject {
  const clusterIP = flags.has('clusterip') ? flags.string('clusterip') : '';
  const pairs = flags.list('tcp');
  if (pairs.length === 0 && type !== 'ExternalName' && clusterIP !== 'None') {
    throw new CommandError('at least one tcp port specifier must be provided');
  }
  const nodePort = flags.has('node-port') ? flags.int('node-port') : 0;
  const ports = pairs.map((pair) => ({ ...portOf(pair), ...(nodePort > 0 && { nodePort }) }));
  const labels = { app: name };
  const spec = {
    ...(clusterIP !== '' && { clusterIP }),
    ...(type === 'ExternalName' && { externalName: flags.string('external-name') }),
    ...(ports.length > 0 && { ports }),
    selector: labels,
    type,
  };
  const object = typed('v1', 'Service', name, { spec, status: { loadBalancer: {} } });
  object.metadata.labels = labels;
  return object;
}

function portOf(pair: string) {
  const [port = '', target = port] = pair.split(':');
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw new CommandError(`invalid port number: ${port}`);
  }
  const targetPort = /^\d+$/.test(target) ? Number(target) : target;
  return { name: pair.replace(':', '-'), port: number, protocol: 'TCP', targetPort };
}

export const services: Command = {
  name: 'service',
  aliases: ['svc'],
  short: 'Create a service using a specified subcommand',
  commands: [
    service('clusterip', 'ClusterIP', 'Create a ClusterIP service', [
      string('clusterip', "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)."),
    ]),
    service('externalname', 'ExternalName', 'Create an ExternalName service', [
      string('external-name', 'External name of service', { required: true }),
    ]),
    service('loadbalancer', 'LoadBalancer', 'Create a LoadBalancer service', []),
    service('nodeport', 'NodePort', 'Create a NodePort service', [
      int('node-port', 'Port used to expose the service on each node in a cluster.'),
    ]),
  ],
};
