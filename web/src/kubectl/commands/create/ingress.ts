/** `kubectl create ingress` */
import { CommandError } from '../../errors.ts';
import { array, string } from '../../flags/define.ts';
import { generator, typed } from './generator.ts';

const RULE = /^(?<host>[^/]*)(?<path>\/[^=]*)=(?<service>[^:]+):(?<port>[^,]+?)(?<tls>,tls(?:=(?<secret>[^,]*))?)?$/;

interface Path {
  backend: object;
  path: string;
  pathType: string;
}

export const ingress = generator({
  name: 'ingress',
  aliases: ['ing'],
  short: 'Create an ingress with the specified name',
  examples: `kubectl create ingress web --class=default --rule="example.com/*=web:80"`,
  args: 'NAME --rule=host/path=service:port[,tls[=secret]]',
  flags: [
    string('class', 'Ingress Class to be used'),
    array(
      'rule',
      "Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character '*' are considered pathType=Prefix. tls argument is optional.",
    ),
    string('default-backend', 'Default service for backend, in format of svcname:port'),
    array('annotation', 'Annotation to insert in the ingress object, in the format annotation=value'),
  ],
  failure: 'failed to create ingress: ',
  build: ({ flags }, name) => {
    const [rules, fallback] = [flags.list('rule'), flags.string('default-backend')];
    if (rules.length === 0 && fallback === '') {
      throw new CommandError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    }
    const parsed = rules.map(ruleOf);
    const hosts = new Map<string, Path[]>();
    for (const { host, path } of parsed) hosts.set(host, [...(hosts.get(host) ?? []), path]);
    const tls = new Map<string, string[]>();
    for (const { host, secret } of parsed) {
      const known = tls.get(secret ?? '') ?? [];
      if (secret !== undefined && !known.includes(host)) tls.set(secret, [...known, host]);
    }
    const spec = {
      ...(fallback !== '' && { defaultBackend: backendOf(fallback) }),
      ...(flags.string('class') !== '' && { ingressClassName: flags.string('class') }),
      ...(hosts.size > 0 && {
        rules: [...hosts].map(([host, paths]) => ({ ...(host !== '' && { host }), http: { paths } })),
      }),
      ...(tls.size > 0 && {
        tls: [...tls].map(([secretName, list]) => ({
          ...(list.some(Boolean) && { hosts: list.filter(Boolean) }),
          ...(secretName !== '' && { secretName }),
        })),
      }),
    };
    const object = typed('networking.k8s.io/v1', 'Ingress', name, { spec, status: { loadBalancer: {} } });
    const annotations = flags.list('annotation').map((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) throw new CommandError(`annotation ${pair} is invalid and should be in format key=[value]`);
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    });
    if (annotations.length > 0) object.metadata.annotations = Object.fromEntries(annotations);
    return object;
  },
});

function ruleOf(rule: string): { host: string; path: Path; secret?: string } {
  const { host = '', path = '', service = '', port = '', tls, secret } = RULE.exec(rule)?.groups ?? {};
  if (service === '') {
    throw new CommandError(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  }
  const isPrefix = path.endsWith('*');
  return {
    host,
    path: {
      backend: backendOf(`${service}:${port}`),
      path: isPrefix ? path.slice(0, -1) : path,
      pathType: isPrefix ? 'Prefix' : 'Exact',
    },
    ...(tls !== undefined && { secret: secret ?? '' }),
  };
}

function backendOf(text: string): object {
  const [name = '', port = '', ...more] = text.split(':');
  if (name === '' || port === '' || more.length > 0) {
    throw new CommandError('default-backend should be in format servicename:serviceport');
  }
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}
