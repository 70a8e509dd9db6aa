/** The configuration of a local workerd: text in Cap'n Proto's schema language (`workerd.capnp`). */
import { relative } from 'node:path';

export interface WorkerdOptions {
  /** The folder of the file that the text will be in: what it embeds, it names relative to that. */
  folder: string;
  /** Absolute paths. */
  bundle: string;
  assets: string;
  objects: string;
  certificate: string;
  key: string;
  /** Address and port of the API over TLS, and of the dashboard on the loopback without it. Port 0 takes a free one. */
  api: string;
  dashboard: string;
  /** The launcher's port on the loopback. */
  launcher: number;
}

export const COMPATIBILITY_DATE = '2026-10-01';
export const OBJECT_CLASSES = [
  { className: 'Cluster', binding: 'CLUSTER' },
  { className: 'Account', binding: 'ACCOUNT' },
  { className: 'StreamSession', binding: 'STREAM_SESSION' },
  { className: 'Identity', binding: 'IDENTITY' },
  { className: 'Address', binding: 'ADDRESS' },
  { className: 'DeviceGrant', binding: 'DEVICE_GRANT' },
] as const;

/** Settings and limits that are taken from the environment of `islet up`; the service has defaults. */
export const SETTINGS = [
  'ISLET_VISITORS',
  'ISLET_FORWARD_DOMAIN',
  'ISLET_QUOTA_VISITOR',
  'ISLET_QUOTA_PERSON',
  'ISLET_QUOTA_BOOTSTRAP',
  'ISLET_VISITOR_DAYS',
  'ISLET_VISITORS_PER_HOUR',
  'ISLET_VISITORS_AT_ONCE',
  'ISLET_ADDRESS_HEADER',
  'ISLET_SIGN_UP',
  'ISLET_OIDC_PROVIDERS',
  'ISLET_MAX_CLUSTERS',
  'ISLET_CLUSTERS_PER_MINUTE',
  'ISLET_MAX_REQUESTS_INFLIGHT',
  'ISLET_MAX_MUTATING_REQUESTS_INFLIGHT',
  'ISLET_CLUSTER_STORAGE_BYTES',
  'ISLET_HISTORY_DAYS',
  'ISLET_UNDELETE_HOURS',
  'ISLET_HISTORY_BYTES',
] as const;

/** Secrets come through the environment, so that the file holds none. */
export function workerdConfig(options: WorkerdOptions): string {
  const { folder, bundle, assets, objects, certificate, key, api, dashboard, launcher } = options;
  const embed = (path: string): string => `embed ${text(relative(folder, path))}`;
  const list = (lines: string[]): string => `[\n    ${lines.join(',\n    ')}\n  ]`;
  const namespaces = OBJECT_CLASSES.map(
    ({ className }) => `(className = ${text(className)}, uniqueKey = ${text(`islet-${className}`)}, enableSql = true)`,
  );
  const bindings = [
    ...OBJECT_CLASSES.map(
      ({ className, binding }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`,
    ),
    '(name = "ASSETS", service = "assets")',
    '(name = "LAUNCHER", service = "launcher")',
    '(name = "ISLET_LAUNCHER_SECRET", fromEnvironment = "ISLET_LAUNCHER_SECRET")',
    '(name = "ISLET_SIGNING_KEY", fromEnvironment = "ISLET_SIGNING_KEY")',
    '(name = "ISLET_SEALING_KEY", fromEnvironment = "ISLET_SEALING_KEY")',
    '(name = "ISLET_CA", fromEnvironment = "ISLET_CA")',
    '(name = "ISLET_API_SERVER", fromEnvironment = "ISLET_API_SERVER")',
    '(name = "ISLET_API_CA", fromEnvironment = "ISLET_API_CA")',
    '(name = "ISLET_BOOTSTRAP_SECRET", fromEnvironment = "ISLET_BOOTSTRAP_SECRET")',
    ...SETTINGS.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "islet", worker = .islet),
    (name = "objects", disk = (path = ${text(objects)}, writable = true)),
    (name = "assets", disk = (path = ${text(assets)})),
    (name = "launcher", external = (address = ${text(`127.0.0.1:${launcher}`)}, http = ())),
  ],
  sockets = [
    (name = "api", address = ${text(api)}, service = "islet", https = (
      options = (),
      tlsOptions = (keypair = (privateKey = ${embed(key)}, certificateChain = ${embed(certificate)})),
    )),
    (name = "dashboard", address = ${text(dashboard)}, service = "islet", http = ()),
  ],
  # Request objects are freed only by a full collection, and it pauses for as long as there are many. Larger young
  # generations make that longer, and smaller ones are collected so often that requests under way are taken for old: that
  # costs a busy cluster a tenth of its CPU. Twice what is alive is the least that V8 waits for.
  v8Flags = ["--max-semi-space-size=4", "--heap-growing-percent=100"],
);

const islet :Workerd.Worker = (
  modules = [(name = "index.js", esModule = ${embed(bundle)})],
  compatibilityDate = ${text(COMPATIBILITY_DATE)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "objects"),
  bindings = ${list(bindings)},
);
`;
}

/** A string literal of the schema language: C's escapes. */
function text(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
