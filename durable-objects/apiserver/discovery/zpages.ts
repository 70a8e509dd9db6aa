/**
 * `/statusz` and `/flagz` (component-base `zpages`): what an administrator is told of the server, as text for people, or
 * as an object for those that name its type. Flags are upstream's, as far as something here is as they say.
 */
import { VERSION } from '../../../wire/version.ts';
import { notAcceptableShape } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { Limits, ServerPorts } from '../server.ts';

const PATHS = ['/flagz', '/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version'];
const TYPES = ['application/json', 'application/yaml', 'text/plain'];
const WARNING =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.';
/** kube-apiserver's `--max-requests-inflight` and `--max-mutating-requests-inflight`. */
const LIMITS: Limits = { readsInFlight: 400, writesInFlight: 200 };

export interface ZPorts extends Pick<ServerPorts, 'clock' | 'limits'> {
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** undefined for other paths. Throws 406. */
export function zpage(ports: ZPorts, request: ApiRequest, path: string): ApiResponse | undefined {
  if (path !== '/statusz' && path !== '/flagz') return undefined;
  const facts = path === '/statusz' ? statusFacts(ports) : { flags: flagsOf({ ...LIMITS, ...ports.limits }) };
  const kind = path === '/statusz' ? 'Statusz' : 'Flagz';
  const version = structuredVersion(request.header('accept') ?? '', kind);
  if (version === undefined) return text(path.slice(1), 'flags' in facts ? facts.flags : statusLines(facts));
  const object = { kind, apiVersion: `config.k8s.io/${version}`, metadata: { name: 'apiserver' }, ...facts };
  const headers = { 'content-type': `application/json;g=config.k8s.io;v=${version};as=${kind}` };
  return { type: 'response', status: 200, headers, body: JSON.stringify(object, undefined, 2) };
}

/** The version of the object that is asked for; undefined for text. */
function structuredVersion(accept: string, kind: string): string | undefined {
  if (accept === '') return undefined;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type === '*/*' || type === 'text/plain' || type === 'text/*') return undefined;
    const given = new Map(parameters.map((part) => part.split('=', 2) as [string, string]));
    const version = given.get('v') ?? '';
    const isKnown = version === 'v1alpha1' || version === 'v1beta1';
    if (type === 'application/json' && given.get('g') === 'config.k8s.io' && given.get('as') === kind && isKnown) {
      return version;
    }
  }
  throw notAcceptableShape(TYPES);
}

interface StatusFacts {
  startTime: string;
  uptimeSeconds: number;
  goVersion: string;
  binaryVersion: string;
  emulationVersion: string;
  paths: readonly string[];
}

function statusFacts({ clock, startedAt }: ZPorts): StatusFacts {
  const { goVersion, gitVersion, emulationMajor, emulationMinor } = VERSION;
  return {
    startTime: new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
    goVersion,
    binaryVersion: gitVersion.slice(1).replace(/\+.*$/, ''),
    emulationVersion: `${emulationMajor}.${emulationMinor}`,
    paths: PATHS,
  };
}

function statusLines({ startTime, uptimeSeconds: up, ...facts }: StatusFacts): Record<string, string> {
  const started = new Date(startTime).toUTCString().replace(',', '').split(' ');
  const [day, date, month, year, time] = started;
  return {
    Started: ` ${day} ${month} ${date} ${time} UTC ${year}`,
    Up: ` ${Math.floor(up / 3600)} hr ${String(Math.floor(up / 60) % 60).padStart(2, '0')} min ${String(up % 60).padStart(2, '0')} sec`,
    'Go version': ` ${facts.goVersion}`,
    'Binary version': ` ${facts.binaryVersion}`,
    'Emulation version': ` ${facts.emulationVersion}`,
    Paths: ` ${facts.paths.join(' ')}`,
  };
}

function flagsOf({ readsInFlight, writesInFlight }: Limits): Record<string, string> {
  return {
    'admission-control': '[]',
    'allow-privileged': 'true',
    'anonymous-auth': 'false',
    'authorization-mode': '[Node,RBAC]',
    'default-not-ready-toleration-seconds': '300',
    'default-unreachable-toleration-seconds': '300',
    'disable-admission-plugins': '[]',
    'enable-admission-plugins': '[]',
    'enable-bootstrap-token-auth': 'false',
    'enable-garbage-collector': 'true',
    'enable-priority-and-fairness': 'true',
    'event-ttl': '1h0m0s',
    'feature-gates': '',
    'max-mutating-requests-inflight': String(writesInFlight),
    'max-requests-inflight': String(readsInFlight),
    'min-request-timeout': '1800',
    profiling: 'false',
    'request-timeout': '1m0s',
    'runtime-config': '',
    'service-account-lookup': 'true',
    'service-cluster-ip-range': '10.96.0.0/16',
    'service-node-port-range': '30000-32767',
  };
}

function text(name: string, lines: Readonly<Record<string, string>>): ApiResponse {
  const body = Object.entries(lines).map(([key, value]) => `${key}:${value}\n`);
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return {
    type: 'response',
    status: 200,
    headers,
    body: `\napiserver ${name}\n${WARNING}\n${name === 'statusz' ? '\n' : ''}${body.join('')}`,
  };
}
