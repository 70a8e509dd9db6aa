/** Paths: the package's, and those of the state that is kept between runs. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
/** The Worker and its objects in one module. */
export const BUNDLE = join(ROOT, 'dist', 'worker', 'index.js');
/** The dashboard, with the OpenAPI documents under `openapi/`. */
export const ASSETS = join(ROOT, 'dist', 'web');

export function defaultStateFolder(): string {
  return join(homedir(), '.islet');
}

/** The files of a state folder. */
export function stateFiles(folder: string) {
  return {
    /** ES256, private JWK. */
    signingKey: join(folder, 'signing-key.json'),
    /** 32 bytes in base64: encrypts Secrets at rest. */
    sealingKey: join(folder, 'sealing-key'),
    /** Opens accounts of the service here. */
    bootstrapSecret: join(folder, 'bootstrap-secret'),
    caCertificate: join(folder, 'ca.crt'),
    caKey: join(folder, 'ca.key'),
    serverCertificate: join(folder, 'server.crt'),
    serverKey: join(folder, 'server.key'),
    /** The address of the service and its credentials: {@link import('./service-file.ts').Service}. */
    service: join(folder, 'service.json'),
    /** Those that it named before, by their addresses. */
    formerServices: join(folder, 'former-services.json'),
    lock: join(folder, 'lock'),
    config: join(folder, 'workerd.capnp'),
    objects: join(folder, 'objects'),
  };
}
