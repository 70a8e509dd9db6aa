/** Serves the streams that the cluster asks for: dials the session, then logs, exec, attach or port-forward. */
import WebSocket, { createWebSocketStream } from 'ws';
import type { Pod } from '../../kube/types.ts';
import {
  AGENT_STREAM_SUBPROTOCOL,
  CHANNEL,
  countsAtOnce,
  HTTP_SUBPROTOCOL,
  LASTING_MS,
  LOG_SUBPROTOCOL,
  type OpenStream,
  STREAMS_PATH,
  type StreamControl,
  type StreamSpec,
} from '../../wire/stream.ts';
import { trust } from '../api/client.ts';
import { MAX_TIMER } from '../clock.ts';
import type { Log } from '../log.ts';
import { newestSandbox, type PodListing } from '../runtimes/listing.ts';
import type { ContainerEntry, Runtime } from '../runtimes/runtime.ts';
import { type ClientKey, withKey } from './client-key.ts';
import { serveHttp } from './http-call.ts';
import type { OpenStreams } from './open-streams.ts';
import { servePortForward } from './port-forward.ts';
import { serveProxySocket } from './proxy-socket.ts';
import { type ClientSocket, serveRemoteCommand } from './remote-command.ts';
import { failureStatus, StreamFailure } from './status.ts';
import { Window } from './window.ts';

export interface StreamOptions {
  server: string;
  ca?: string;
  token(): string;
  userAgent: string;
  /** The key of the certificates that the cluster issues for calls on its behalf. */
  clientKey: ClientKey;
}

export interface StreamPorts {
  runtime: Runtime;
  log: Log;
  find(namespace: string, name: string, uid: string): Pod | undefined;
  listing(uid: string): Promise<PodListing>;
  /** Is told of each stream. */
  open?: Pick<OpenStreams, 'opened'>;
}

export interface StreamOrder {
  session: string;
  ticket: string;
  /** The client's token, by its id. */
  holder: string;
  /** The milliseconds for which that token still counts. */
  milliseconds: number;
  stream: unknown;
}

export class StreamServer {
  readonly #options: StreamOptions;
  readonly #ports: StreamPorts;
  /** With the ids of the clients' tokens. */
  readonly #sockets = new Map<WebSocket, { holder: string; session: string; stream: OpenStream }>();

  constructor(options: StreamOptions, ports: StreamPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  open({ session, ticket, holder, milliseconds, stream }: StreamOrder): void {
    const { spec, protocol } = stream as OpenStream;
    const base = this.#options.server.replace(/^http/, 'ws').replace(/\/$/, '');
    const url = `${base}${STREAMS_PATH}${session}?ticket=${encodeURIComponent(ticket)}`;
    const socket = new WebSocket(url, AGENT_STREAM_SUBPROTOCOL, {
      headers: { authorization: `Bearer ${this.#options.token()}`, 'user-agent': this.#options.userAgent },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      maxPayload: 64 * 1024 * 1024,
      ...trust(this.#options.ca),
    });
    // The signal ends the runtime's part, whatever step it is in.
    const ended = new AbortController();
    this.#sockets.set(socket, { holder, session, stream: { spec, protocol } });
    const over = this.#ports.open?.opened(session, countsAtOnce(spec) ? 0 : LASTING_MS);
    socket.on('error', (error) => this.#ports.log.warn(`stream ${spec.kind} of ${subjectOf(spec)}: ${error.message}`));
    // The cluster also says when the token ends, but its message cannot reach an agent whose link is down. A stream of
    // more milliseconds than a timer takes is ended by the cluster alone.
    const expiry = milliseconds <= MAX_TIMER ? setTimeout(() => socket.terminate(), milliseconds) : undefined;
    socket.on('close', () => {
      clearTimeout(expiry);
      this.#sockets.delete(socket);
      over?.();
      ended.abort();
    });
    socket.on('open', () => {
      // The client's bytes wait until the runtime's side is there.
      socket.pause();
      this.#serve(socket, { spec, protocol }, ended.signal).catch((error: unknown) =>
        this.#failed(socket, { spec, protocol }, error as Error),
      );
    });
  }

  close(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  /** The token was revoked, or has expired. */
  closeFor(holder: string): void {
    for (const [socket, of] of this.#sockets) if (of.holder === holder) socket.terminate();
  }

  /** The cluster ends these streams. Their clients are told why, in the words of their protocols. */
  end(sessions: readonly string[], reason: string): void {
    const these = new Set(sessions);
    const failure = new StreamFailure(403, 'Forbidden', reason);
    for (const [socket, { session, stream }] of this.#sockets) {
      if (!these.has(session)) continue;
      if (socket.readyState === WebSocket.OPEN) this.#failed(socket, stream, failure);
      else socket.terminate();
    }
  }

  async #serve(socket: WebSocket, { spec, protocol }: OpenStream, signal: AbortSignal): Promise<void> {
    const { runtime } = this.#ports;
    if (spec.kind === 'http') {
      const call = withKey(spec, this.#options.clientKey);
      if (call.upgrade) return serveProxySocket(socket, call, protocol);
      await serveHttp(socket, call, signal);
      socket.close(1000);
      return;
    }
    const pod = this.#ports.find(spec.namespace, spec.pod, spec.podUID);
    if (!pod) throw new StreamFailure(404, 'NotFound', `pods "${spec.pod}" not found`);
    const listing = await this.#ports.listing(pod.metadata.uid ?? spec.podUID);
    if (spec.kind === 'logs') {
      const container = logOf(spec, pod, listing);
      return protocol === LOG_SUBPROTOCOL
        ? this.#logs(socket, spec, container)
        : this.#logMessages(socket, spec, container, protocol);
    }
    if (spec.kind === 'port-forward') {
      const sandbox = newestSandbox(listing);
      if (!sandbox?.ready) throw new StreamFailure(500, 'InternalError', `pod ${spec.pod} is not running`);
      const connect = (port: number) => runtime.portForward(sandbox.id, port, signal);
      return servePortForward(createWebSocketStream(socket), { pod: spec.pod, uid: spec.podUID, connect });
    }
    const container = newestContainer(listing, spec.container);
    if (container?.state !== 'running') {
      throw new StreamFailure(404, 'NotFound', `container not found ("${spec.container}")`);
    }
    const { stdin, stdout, stderr, tty } = spec;
    const flags = { stdin, stdout, stderr: stderr && !tty, tty };
    const streams =
      spec.kind === 'exec'
        ? await runtime.exec(container.id, spec.command, flags, signal)
        : await runtime.attach(container.id, flags, signal);
    return serveRemoteCommand(socket as unknown as ClientSocket, streams);
  }

  async #logs(socket: WebSocket, spec: StreamSpec & { kind: 'logs' }, container: ContainerEntry): Promise<void> {
    const window = new Window(socket);
    const control: StreamControl = { type: 'start' };
    socket.send(JSON.stringify(control));
    socket.resume();
    await this.#ports.runtime.logs(container.id, spec.options, {
      stopped: () => socket.readyState !== WebSocket.OPEN,
      write: (data) => window.write(data),
    });
    socket.close(1000);
  }

  /** For a client that reads the log from the WebSocket itself. */
  async #logMessages(
    socket: WebSocket,
    spec: StreamSpec & { kind: 'logs' },
    container: ContainerEntry,
    protocol: string,
  ): Promise<void> {
    const isText = protocol.startsWith('base64.');
    const send = (data: Buffer) =>
      new Promise<void>((resolve) => {
        // Text that is cut into pieces is decoded piece by piece.
        socket.send(isText ? data.toString('base64') : data, () => resolve());
      });
    socket.resume();
    await send(Buffer.alloc(0));
    await this.#ports.runtime.logs(container.id, spec.options, {
      stopped: () => socket.readyState !== WebSocket.OPEN,
      write: send,
    });
    socket.close(1000);
  }

  #failed(socket: WebSocket, { spec, protocol }: OpenStream, error: Error): void {
    const status = failureStatus(error);
    const isControlled = protocol === LOG_SUBPROTOCOL || protocol === HTTP_SUBPROTOCOL;
    const isCommand = spec.kind === 'exec' || spec.kind === 'attach';
    if (isControlled) {
      const control: StreamControl = { type: 'fail', status };
      socket.send(JSON.stringify(control));
    } else if (!isCommand) {
      this.#ports.log.warn(`${spec.kind} of ${subjectOf(spec)}: ${error.message}`);
    } else {
      socket.send(Buffer.concat([Buffer.from([CHANNEL.error]), Buffer.from(JSON.stringify(status))]));
    }
    socket.resume();
    // Clients that read the status end with an error of their own; other clients must not take this for a success.
    if (isControlled || isCommand) socket.close(1000);
    else socket.close(1011, error.message.replace(/[^ -~]/g, '?').slice(0, 120));
  }
}

function subjectOf(spec: StreamSpec): string {
  return spec.kind === 'http' ? `${spec.target.host}:${spec.target.port}` : spec.pod;
}

function newestContainer(listing: PodListing, name: string): ContainerEntry | undefined {
  return listing.containers.filter((c) => c.name === name).sort((a, b) => b.attempt - a.attempt)[0];
}

/** The container whose log is meant; errors are in kubelet's words (`kubelet_pods.go`, validateContainerLogStatus). */
function logOf(spec: StreamSpec & { kind: 'logs' }, pod: Pod, listing: PodListing): ContainerEntry {
  const name = spec.container;
  const all = listing.containers.filter((c) => c.name === name).sort((a, b) => b.attempt - a.attempt);
  if (spec.options.previous) {
    const previous = all[0]?.state === 'exited' ? (all[1] ?? all[0]) : all[1];
    const restarted = (all[0]?.attempt ?? 0) > 0;
    if (previous && (restarted || all[0]?.state === 'exited')) return previous;
    throw new StreamFailure(
      400,
      'BadRequest',
      `previous terminated container "${name}" in pod "${spec.pod}" not found`,
    );
  }
  if (all[0] && all[0].state !== 'created') return all[0];
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const waiting = statuses.find((status) => status.name === name)?.state?.waiting;
  const reason = waiting?.reason ?? 'ContainerCreating';
  const trying = /^(ErrImagePull|ImagePullBackOff)$/.test(reason);
  const what = trying ? 'trying and failing to pull image' : reason;
  throw new StreamFailure(400, 'BadRequest', `container "${name}" in pod "${spec.pod}" is waiting to start: ${what}`);
}
