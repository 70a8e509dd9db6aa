/** The address of the service and the credentials for it: written by `islet up` and `islet login`. */
import { existsSync, readFileSync } from 'node:fs';
import { stateFiles } from './paths.ts';
import { fail } from './user-error.ts';
import { writePrivate } from './write-private.ts';

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

export function writeService(folder: string, service: Service): void {
  writePrivate(stateFiles(folder).service, `${JSON.stringify(service, undefined, 2)}\n`);
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
  const file = stateFiles(folder).service;
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Service) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
