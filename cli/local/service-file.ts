/** The address of the service and the credentials for it: written by `islet up` and `islet login`. */
import { existsSync, readFileSync } from 'node:fs';
import { writePrivate } from '../../agent/files/write-private.ts';
import { stateFiles } from './paths.ts';
import { fail } from './user-error.ts';

export interface Service {
  /** `https://127.0.0.1:7443` */
  server: string;
  /** `http://islet-1a2b3c4d.localhost:7444`; for a deployment, the server itself. */
  dashboard: string;
  account: string;
  /** The account's own token. */
  token: string;
  /** PEM; left out when the system's roots will do. */
  ca?: string;
  /** The kubeconfig that `up` wrote to. */
  kubeconfig?: string;
}

/** The sign-in that it takes the place of is kept: its token may be the only one of the account. */
export function writeService(folder: string, service: Service): void {
  const files = stateFiles(folder);
  const before = keptService(folder);
  if (before?.token && keyOf(before.server) !== keyOf(service.server)) {
    writePrivate(files.formerServices, textOf({ ...formerServices(folder), [keyOf(before.server)]: before }));
  }
  writePrivate(files.service, textOf(service));
}

/** The last sign-in at an address, whether or not it is the one in use; undefined where there was none. */
export function serviceAt(folder: string, server: string): Service | undefined {
  const current = keptService(folder);
  return current && keyOf(current.server) === keyOf(server) ? current : formerServices(folder)[keyOf(server)];
}

const textOf = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The service of this machine may take other ports each time. */
const keyOf = (server: string): string => (/^https:\/\/127\.0\.0\.1(:|$)/.test(server) ? 'local' : server);

function formerServices(folder: string): Record<string, Service> {
  return readKept(stateFiles(folder).formerServices) ?? {};
}

export function readService(folder: string): Service {
  const file = stateFiles(folder).service;
  if (!existsSync(file)) {
    fail(
      `no service is known in ${folder}: start one with \`islet up\`, sign in to one with \`islet login --server URL\`, or name the folder of one with --state DIR`,
    );
  }
  const service = keptService(folder);
  if (!service) {
    fail(`${file} is damaged: \`islet up\` writes it anew; for a deployment sign in again with \`islet login\``);
  }
  if (!service.token) fail(`${file} has no token of an account: start \`islet up\`, or sign in with \`islet login\``);
  return service;
}

/** The service file of an earlier start; undefined when none can be read. */
export function keptService(folder: string): Service | undefined {
  return readKept(stateFiles(folder).service);
}

function readKept<T>(file: string): T | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
