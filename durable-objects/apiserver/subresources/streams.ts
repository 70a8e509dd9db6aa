/**
 * logs, exec, attach and port-forward: checked here, then handed to `streams/`, which moves the bytes
 * (upstream `pkg/registry/core/pod/rest/{log,subresources}.go`).
 */
import { fieldError } from '../../../kube/machinery/field-error.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { groupResource, keyOf } from '../../../kube/machinery/resource.ts';
import { normalizeTime } from '../../../kube/machinery/schema/scalars.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import { isSimulated, isUnreachable } from '../../../wire/nodes.ts';
import type { LogOptions, StreamSpec } from '../../../wire/stream.ts';
import { Attributes } from '../admission/attributes.ts';
import { attributesOf } from '../authz/index.ts';
import type { Call } from '../call.ts';
import { ApiError, badRequest, forbidden, invalid, notFound, notImplemented } from '../errors.ts';
import { type Query, queryFlag } from '../query.ts';
import type { StreamAnswer } from '../request.ts';
import { refuseWaiting } from './log-waiting.ts';
import { simulatedLog } from './simulated-log.ts';
import type { Subresource, SubresourceAnswer } from './subresource.ts';

export const log: Subresource = { get: logs };
export const exec: Subresource = { create: (call) => run(call, 'exec'), get: (call) => run(call, 'exec') };
export const attach: Subresource = { create: (call) => run(call, 'attach'), get: (call) => run(call, 'attach') };
export const portForward: Subresource = { create: forward, get: forward };

export function readPod({ server, info }: Call, name = info.name): Pod {
  const stored = server.store.get(keyOf('pods', info.namespace, name));
  if (!stored) throw notFound('pods', name);
  return JSON.parse(stored.text) as Pod;
}

/** Undefined where the pod has no node, or its node is gone. */
function nodeObjectOf({ server }: Call, { spec }: Pod): Node | undefined {
  const stored = spec?.nodeName ? server.store.get(keyOf('nodes', '', spec.nodeName)) : undefined;
  return stored && (JSON.parse(stored.text) as Node);
}

/** The node of the pod's containers. Throws 400 when it has none, 501 when nothing runs there. */
export function nodeOf(call: Call, pod: Pod, what: string): string {
  const node = pod.spec?.nodeName;
  if (!node) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  const object = nodeObjectOf(call, pod);
  if (object && isSimulated(object)) {
    throw notImplemented(
      `${what}: pod ${pod.metadata.name} is on the simulated node ${node}, which runs no containers. Join a machine (islet token create --print-join-command) to run them`,
    );
  }
  return node;
}

function target(pod: Pod, node: string) {
  return {
    node,
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name ?? '',
    podUID: pod.metadata.uid ?? '',
  };
}

/** Plugins are shown the options of the connection (apiserver `pkg/endpoints/handlers/rest.go` ConnectResource). */
export function admitConnect(call: Call, kind: string, options: object): Promise<void> {
  const object: KubeObject = { kind, apiVersion: 'v1', ...options, metadata: {} };
  const gvk = { group: '', version: 'v1', kind };
  return call.server.admission.admit(new Attributes(call, { operation: 'CONNECT', object, kind: gvk }));
}

/**
 * A WebSocket begins with a GET, but runs commands: the right to `get` all resources is not enough for it (upstream
 * `pkg/registry/core/pod/rest/authorize.go`).
 */
function checkCreate({ server, user, info, query }: Call): void {
  if (info.verb === 'create') return;
  const { allowed, reason } = server.authorize({ ...attributesOf(info, user, query), verb: 'create' });
  if (!allowed) throw forbidden(groupResource(info.group, info.resource), info.name, reason);
}

function answer(stream: StreamSpec): StreamAnswer {
  return { type: 'stream', stream };
}

function logs(call: Call): SubresourceAnswer {
  const { query, info } = call;
  const options = logOptions(query, info.name);
  const pod = readPod(call);
  const container = chooseContainer(pod, query.get('container'));
  // A pod that waits for its node has no logs: an empty answer, not an error.
  if (!pod.spec?.nodeName) {
    return { type: 'response', status: 204, headers: { 'content-type': 'text/plain' }, body: '' };
  }
  const node = nodeObjectOf(call, pod);
  const simulated = node && isSimulated(node);
  // Over a WebSocket the agent comes too late with a Status: the client has its 101 by then.
  if (call.request.header('islet-upgrade')?.toLowerCase() === 'websocket') refuseWaiting(pod, container, options);
  if (simulated) {
    // Upstream's server cannot reach its kubelet either.
    if (isUnreachable(node))
      throw new ApiError('', `error dialing backend: node "${pod.spec.nodeName}" is not connected`);
    return simulatedLog(call, pod, container, options);
  }
  return answer({ kind: 'logs', ...target(pod, nodeOf(call, pod, 'logs')), container, options });
}

function logOptions(query: Query, name: string): LogOptions {
  const sinceTime = timeOf(query, 'sinceTime');
  const options: LogOptions = {
    follow: queryFlag(query, 'follow'),
    previous: queryFlag(query, 'previous'),
    timestamps: queryFlag(query, 'timestamps'),
    tailLines: integer(query, 'tailLines'),
    limitBytes: integer(query, 'limitBytes'),
    sinceSeconds: integer(query, 'sinceSeconds'),
    sinceTime,
  };
  const errors = [];
  const { tailLines, limitBytes, sinceSeconds } = options;
  if (tailLines !== undefined && tailLines < 0) {
    errors.push(fieldError.invalid('tailLines', tailLines, 'must be greater than or equal to 0'));
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    errors.push(fieldError.invalid('limitBytes', limitBytes, 'must be greater than 0'));
  }
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    errors.push(fieldError.forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(fieldError.invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  }
  if (errors.length > 0) throw invalid('PodLogOptions', name, errors);
  return options;
}

function timeOf(query: Query, name: string): string | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  const time = normalizeTime(text);
  if ('error' in time) throw badRequest(time.error);
  return time.value;
}

function integer(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

async function run(call: Call, kind: 'exec' | 'attach'): Promise<StreamAnswer> {
  const { query } = call;
  const command = query.all('command');
  const [stdin, stdout, stderr, tty] = ['stdin', 'stdout', 'stderr', 'tty'].map((name) => queryFlag(query, name));
  const options = { stdin, stdout, stderr, tty, container: query.get('container') || undefined };
  await admitConnect(call, kind === 'exec' ? 'PodExecOptions' : 'PodAttachOptions', {
    ...options,
    ...(kind === 'exec' ? { command } : {}),
  });
  checkCreate(call);
  const pod = readPod(call);
  const container = chooseContainer(pod, query.get('container'));
  const where = target(pod, nodeOf(call, pod, kind));
  // Upstream leaves these to the kubelet.
  if (kind === 'exec' && command.length === 0) {
    throw badRequest('you must specify at least 1 command for the container');
  }
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  return answer({
    kind,
    ...where,
    container,
    command: kind === 'exec' ? command : [],
    stdin: !!stdin,
    stdout: !!stdout,
    stderr: !!stderr && !tty,
    tty: !!tty,
  });
}

async function forward(call: Call): Promise<StreamAnswer> {
  const ports = call.query.all('ports').flatMap((text) => text.split(',').map(Number));
  if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65535)) {
    throw badRequest('query parameter "ports" is invalid: ports must be between 1 and 65535, inclusive');
  }
  await admitConnect(call, 'PodPortForwardOptions', { ports });
  checkCreate(call);
  const pod = readPod(call);
  return answer({ kind: 'port-forward', ...target(pod, nodeOf(call, pod, 'port-forward')), ports });
}

/**
 * The container that is meant (upstream `pkg/registry/core/pod/strategy.go`). kubectl's annotation is not read here:
 * upstream's server doesn't either. Throws 400.
 */
function chooseContainer(pod: Pod, asked: string | undefined): string {
  const name = pod.metadata.name ?? '';
  const containers = (pod.spec?.containers ?? []).map((container) => container.name);
  const init = (pod.spec?.initContainers ?? []).map((container) => container.name);
  const ephemeral = (pod.spec?.ephemeralContainers ?? []).map((container) => container.name);
  if (asked) {
    if ([...containers, ...init, ...ephemeral].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const [only, ...others] = containers;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw badRequest(`a container name must be specified for pod ${name}`);
  const list = (names: readonly string[]): string => `[${names.join(' ')}]`;
  let text = `a container name must be specified for pod ${name}, choose one of: ${list(containers)}`;
  if (init.length > 0) text += ` or one of the init containers: ${list(init)}`;
  if (ephemeral.length > 0) text += ` or one of the ephemeral containers: ${list(ephemeral)}`;
  throw badRequest(text);
}
