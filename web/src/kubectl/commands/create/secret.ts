/** `kubectl create secret generic|docker-registry|tls` */
import type { Command } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { string } from '../../flags/define.ts';
import { generator, typed } from './generator.ts';
import { base64, sourceFlags, valuesOf } from './sources.ts';

const generic = generator({
  name: 'generic',
  short: 'Create a secret from a local file, directory, or literal value',
  examples: 'kubectl create secret generic login --from-literal=user=jane --from-literal=password=topsecret',
  args: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1]',
  flags: [string('type', 'The type of secret to create'), ...sourceFlags('secret')],
  failure: 'failed to create secret ',
  build: async (context, name) => {
    const values = await valuesOf(context, (key) => `${JSON.stringify(key)} is not valid key name for a Secret`);
    const data = Object.fromEntries([...values].map(([key, value]) => [key, base64(value)]));
    const type = context.flags.string('type');
    return typed('v1', 'Secret', name, { ...(values.size > 0 && { data }), ...(type !== '' && { type }) });
  },
});

const registry = generator({
  name: 'docker-registry',
  short: 'Create a secret for use with a Docker registry',
  examples: 'kubectl create secret docker-registry pull --docker-username=jane --docker-password=topsecret',
  args: 'NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string]',
  flags: [
    string('docker-username', 'Username for Docker registry authentication'),
    string('docker-password', 'Password for Docker registry authentication'),
    string('docker-email', 'Email for Docker registry'),
    string('docker-server', 'Server location for Docker registry', { byDefault: 'https://index.docker.io/v1/' }),
  ],
  failure: 'failed to create secret ',
  build: ({ flags }, name) => {
    const [username, password, email, server] = ['username', 'password', 'email', 'server'].map((each) =>
      flags.string(`docker-${each}`),
    ) as [string, string, string, string];
    if (username === '' || password === '' || server === '') {
      throw new CommandError(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      );
    }
    const auth = { username, password, ...(email !== '' && { email }), auth: base64(`${username}:${password}`) };
    const data = { '.dockerconfigjson': base64(JSON.stringify({ auths: { [server]: auth } })) };
    return typed('v1', 'Secret', name, { data, type: 'kubernetes.io/dockerconfigjson' });
  },
});

const tls = generator({
  name: 'tls',
  short: 'Create a TLS secret',
  examples: 'kubectl create secret tls site --cert=tls.crt --key=tls.key',
  args: 'NAME --cert=path/to/cert/file --key=path/to/key/file',
  flags: [
    string('cert', 'Path to PEM encoded public key certificate.'),
    string('key', 'Path to private key associated with given certificate.'),
  ],
  failure: 'failed to create secret ',
  build: async (context, name) => {
    const [cert, key] = [context.flags.string('cert'), context.flags.string('key')];
    if (cert === '' || key === '') throw new CommandError('key and cert must be specified');
    const data = { 'tls.crt': base64(await context.file(cert)), 'tls.key': base64(await context.file(key)) };
    return typed('v1', 'Secret', name, { data, type: 'kubernetes.io/tls' });
  },
});

export const secret: Command = {
  name: 'secret',
  short: 'Create a secret using a specified subcommand',
  commands: [registry, generic, tls],
};
