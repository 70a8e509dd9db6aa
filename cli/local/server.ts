/**
 * A service on this machine: its state, its configuration, its workerd, and the account that everything local belongs
 * to.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { claimsOf } from '../../agent/api/claims.ts';
import { joinHostPort } from '../../kube/machinery/join-host-port.ts';
import { dashboardHost } from '../../wire/dashboard-host.ts';
import { fingerprint } from './certificates.ts';
import { Account, send } from './client.ts';
import { type Launcher, startLauncher } from './launcher.ts';
import { lockFolder } from './lock.ts';
import { ASSETS, BUNDLE, stateFiles } from './paths.ts';
import { type Service, serviceAt, writeService } from './service-file.ts';
import { openFolder, prepareState } from './state.ts';
import { supervise } from './supervisor.ts';
import { fail } from './user-error.ts';
import { SETTINGS, workerdConfig } from './workerd-config.ts';

/** The account that owns everything of a service on this machine. */
const ACCOUNT = 'default';
const RENEW_DAYS = 30;

export interface ServerOptions {
  state: string;
  /** 0 takes free ports. The dashboard's is the next one. */
  port: number;
  /** The address the API listens on. The dashboard is on the loopback only. */
  host: string;
  kubeconfig?: string;
  log(line: string): void;
  /** The state is a temporary folder, which goes with the service where this process is killed. */
  isTemporary?: boolean | undefined;
  /** The service does not keep this process from ending. */
  background?: boolean | undefined;
}

export interface LocalServer {
  service: Service;
  account: Account;
  /** The running workerd's. */
  readonly pid: number;
  /** Resolves when workerd has ended and starting it again is of no use. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<LocalServer> {
  const { port, host, kubeconfig, log, isTemporary, background } = options;
  const folder = openFolder(options.state);
  const files = stateFiles(folder);
  const lock = await lockFolder(files.lock, folder);
  let launched: Launcher | undefined;
  try {
    const state = await prepareState(folder, serverNames(), Date.now());
    await checkPort(host, port);
    if (port !== 0) await checkPort('127.0.0.1', port + 1);
    const secret = randomBytes(32).toString('base64url');
    const launcher = await startLauncher(secret);
    launched = launcher;
    const writeConfig = (api: number, dashboard: number): void => {
      const config = workerdConfig({
        folder,
        bundle: BUNDLE,
        assets: ASSETS,
        objects: files.objects,
        certificate: files.serverCertificate,
        key: files.serverKey,
        api: joinHostPort(host, api),
        dashboard: `127.0.0.1:${dashboard}`,
        launcher: launcher.port,
      });
      writeFileSync(files.config, config, { mode: 0o600 });
    };
    const env = {
      ISLET_SIGNING_KEY: state.signingKey,
      ISLET_SEALING_KEY: state.sealingKey,
      ISLET_BOOTSTRAP_SECRET: state.secretHash,
      ISLET_CA: state.ca,
      ...(port === 0 ? {} : { ISLET_API_SERVER: `https://${joinHostPort(reachableHost(host), port)}` }),
      ISLET_API_CA: fingerprint(state.ca),
      ISLET_LAUNCHER_SECRET: secret,
      ...Object.fromEntries(SETTINGS.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    };
    writeConfig(port, port === 0 ? 0 : port + 1);
    const workerd = await supervise({
      run: {
        config: files.config,
        sockets: ['api', 'dashboard'],
        env,
        log,
        spawned: (pid) => lock.owns(pid),
        removes: isTemporary ? folder : undefined,
        background,
      },
      // Clients know the ports by now.
      restarting: ({ api = 0, dashboard = 0 }) => writeConfig(api, dashboard),
    });
    const stop = async (): Promise<void> => {
      await workerd.stop();
      await launcher.stop();
      lock.release();
    };
    try {
      const server = `https://127.0.0.1:${workerd.ports.api}`;
      const account = await openAccount({ server, ca: state.ca, secret: state.secret, account: ACCOUNT }, folder);
      const service: Service = {
        server,
        dashboard: `http://${dashboardHost(state.signingKey)}:${workerd.ports.dashboard}`,
        account: ACCOUNT,
        token: account.accountToken,
        ca: state.ca,
        kubeconfig,
      };
      writeService(folder, service);
      return {
        service,
        account,
        get pid() {
          return workerd.pid;
        },
        ended: workerd.ended,
        stop,
      };
    } catch (error) {
      await workerd.stop();
      throw error;
    }
  } catch (error) {
    await launched?.stop();
    lock.release();
    throw error;
  }
}

/**
 * With the token of the last start. A service that has lost it, or whose token is about to expire, resets the account.
 */
async function openAccount(request: Parameters<typeof Account.open>[0], folder: string): Promise<Account> {
  const { server, ca } = request;
  const token = serviceAt(folder, server)?.token;
  if (token !== undefined && ((claimsOf(token).exp ?? 0) - RENEW_DAYS * 86_400) * 1000 > Date.now()) {
    const { status } = await send({ server, ca, token }, 'GET', '/islet/v1/clusters');
    if (status === 200) return Account.of({ server, ca, token });
  }
  return Account.open({ ...request, reset: true });
}

/** The names in the server certificate: all that this machine is called, by itself or by its neighbours. */
function serverNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const reachable = addresses.filter(({ address }) => !address.startsWith('fe80:')).map(({ address }) => address);
  const own = hostname().toLowerCase();
  const names = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(own) ? [own] : [];
  return [...new Set(['localhost', '127.0.0.1', '::1', ...names, ...reachable])];
}

/** Under which machines reach the API: where it listens on all addresses, the first that others have for this machine. */
function reachableHost(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return host;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

/** workerd shares ports silently, so a port is probed first. */
function checkPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      try {
        if (error.code === 'EADDRINUSE') {
          fail(
            `port ${port} is in use: stop what listens there, or choose another with --port N, after -- with npm start (the dashboard takes N+1)`,
          );
        }
        if (error.code === 'EACCES')
          fail(`no permission to listen on port ${port}: choose one above 1023 with --port N`);
        if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
          fail(`${host} is no address of this machine: choose another with --host ADDRESS`);
        }
        reject(error);
      } catch (clear) {
        reject(clear);
      }
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}
