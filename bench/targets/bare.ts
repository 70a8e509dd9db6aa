/** Runs `bare-worker.js` on raw workerd with TLS: what the runtime itself costs. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, issueServer } from '../../cli/local/certificates.ts';
import { startWorkerd } from '../../cli/local/workerd.ts';
import type { Target } from '../lib/target.ts';

export async function startBare(): Promise<Target> {
  const dir = mkdtempSync(join(tmpdir(), 'islet-bare-'));
  mkdirSync(join(dir, 'objects'));
  const pair = await issueServer(await createAuthority(Date.now()), ['127.0.0.1'], Date.now());
  writeFileSync(join(dir, 'key.pem'), pair.key);
  writeFileSync(join(dir, 'cert.pem'), pair.certificate);
  copyFileSync(join(import.meta.dirname, 'bare-worker.js'), join(dir, 'worker.js'));
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "bare", worker = .bare),
    (name = "objects", disk = (path = ${JSON.stringify(join(dir, 'objects'))}, writable = true)),
  ],
  sockets = [(name = "api", address = "127.0.0.1:0", service = "bare", https = (options = (), tlsOptions = (
    keypair = (privateKey = embed "key.pem", certificateChain = embed "cert.pem"))))],
  v8Flags = ["--max-semi-space-size=4", "--heap-growing-percent=100"],
);
const bare :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [(className = "Bare", uniqueKey = "bare", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
  bindings = [(name = "BARE", durableObjectNamespace = "Bare")],
);
`;
  writeFileSync(join(dir, 'config.capnp'), config);
  const workerd = await startWorkerd({
    config: join(dir, 'config.capnp'),
    sockets: ['api'],
    env: {},
    log: (line) => console.error(`bare: ${line}`),
  });
  return {
    name: 'bare',
    url: `https://127.0.0.1:${workerd.ports.api}`,
    token: 'none',
    pids: [workerd.pid],
    addsNothing: true,
    async stop() {
      await workerd.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
