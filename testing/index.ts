/**
 * `islet/testing`: a cluster for somebody's own tests, with its API server, controllers, scheduler and simulated nodes,
 * in memory, ready in well under a second.
 *
 * ```ts
 * await using cluster = await startCluster();
 * const config = new KubeConfig();
 * config.loadFromString(cluster.kubeconfig);
 * ```
 */
import { createHash, randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { ensureAssets } from '../cli/local/assets.ts';
import { createAuthority, issueServer } from '../cli/local/certificates.ts';
import { Account } from '../cli/local/client.ts';
import { kubeconfigText } from '../cli/local/kubeconfig.ts';
import { ASSETS, BUNDLE } from '../cli/local/paths.ts';
import { newSigningKey } from '../cli/local/state.ts';
import { COMPATIBILITY_DATE, OBJECT_CLASSES } from '../cli/local/workerd-config.ts';
import type { startCluster as declared } from './api.d.ts';

export type { ClusterOptions, TestCluster } from './api.d.ts';

const HOSTS = ['localhost', '127.0.0.1', '::1'];

export const startCluster: typeof declared = async ({ simulatedNodes = 3 } = {}) => {
  const now = Date.now();
  const [authority, signingKey] = await Promise.all([
    createAuthority(now),
    newSigningKey(),
    ensureAssets(() => {}, 'api'),
  ]);
  const certificate = await issueServer(authority, HOSTS, now);
  const secret = randomBytes(32).toString('base64url');
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'islet',
      host: '127.0.0.1',
      port: 0,
      httpsKey: certificate.key,
      httpsCert: certificate.certificate,
      // Modules are named by their way from here. workerd takes no name that begins with `..`, as from another's folder.
      modulesRoot: dirname(BUNDLE),
      modules: [{ type: 'ESModule', path: BUNDLE }],
      compatibilityDate: COMPATIBILITY_DATE,
      durableObjects: Object.fromEntries(
        OBJECT_CLASSES.map(({ className, binding }) => [binding, { className, useSQLite: true }]),
      ),
      serviceBindings: { ASSETS: { disk: { path: ASSETS, writable: false } } },
      bindings: {
        ISLET_SIGNING_KEY: signingKey,
        ISLET_BOOTSTRAP_SECRET: createHash('sha256').update(secret).digest('hex'),
        ISLET_CA: authority.certificate,
      },
      log: new Log(LogLevel.ERROR),
      cf: false,
      telemetry: { enabled: false },
    }),
  );
  try {
    const address = (await miniflare.ready).origin;
    const ca = authority.certificate;
    const account = await Account.open({ server: address, ca, secret, account: 'default' });
    const { id, token } = await account.create('test', simulatedNodes);
    const server = `${address}/clusters/${id}`;
    const stop = (): Promise<void> => miniflare.dispose();
    return {
      kubeconfig: kubeconfigText({ name: 'islet-test', server, token, ca }),
      server,
      token,
      ca,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
};
