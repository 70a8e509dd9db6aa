/** gRPC over a unix socket, as promises. */
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { RuntimeError } from '../runtime.ts';

type Message = Record<string, unknown>;
type Unary = (
  request: Message,
  options: { deadline: Date },
  callback: (error: grpc.ServiceError | null, answer: Message) => void,
) => void;
type Streaming = (request: Message) => grpc.ClientReadableStream<Message>;

const SERVICES = {
  runtime: ['runtime.proto', ['runtime', 'v1', 'RuntimeService']],
  images: ['runtime.proto', ['runtime', 'v1', 'ImageService']],
  events: ['events.proto', ['containerd', 'services', 'events', 'v1', 'Events']],
} as const;

export class GrpcClient {
  readonly #client: grpc.Client;

  constructor(endpoint: string, service: keyof typeof SERVICES) {
    const [file, path] = SERVICES[service];
    // Nanosecond times do not fit a Number.
    const definition = loadSync(fileURLToPath(new URL(file, import.meta.url)), {
      longs: String,
      enums: String,
      defaults: true,
    });
    let found: unknown = grpc.loadPackageDefinition(definition);
    for (const step of path) found = (found as Record<string, unknown>)[step];
    const Client = found as grpc.ServiceClientConstructor;
    this.#client = new Client(target(endpoint), grpc.credentials.createInsecure(), {
      // grpc-js would derive an authority from the socket's path, which containerd refuses.
      'grpc.default_authority': 'localhost',
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
      'grpc.max_reconnect_backoff_ms': 2000,
      'grpc.initial_reconnect_backoff_ms': 200,
    });
  }

  /** `method` is a lower-camel-case RPC name. Timeouts in milliseconds. */
  call<T>(method: string, request: Message, timeout = 120_000): Promise<T> {
    const unary = (this.#client as unknown as Record<string, Unary>)[method];
    if (!unary) throw new Error(`no RPC ${method}`);
    return new Promise((resolve, reject) => {
      unary.call(this.#client, request, { deadline: new Date(Date.now() + timeout) }, (error, answer) => {
        if (error) reject(toRuntimeError(error));
        else resolve(answer as T);
      });
    });
  }

  stream(method: string, request: Message): grpc.ClientReadableStream<Message> {
    const streaming = (this.#client as unknown as Record<string, Streaming>)[method];
    if (!streaming) throw new Error(`no RPC ${method}`);
    return streaming.call(this.#client, request);
  }

  close(): void {
    this.#client.close();
  }
}

function target(endpoint: string): string {
  if (endpoint.startsWith('unix:')) return endpoint;
  return `unix://${endpoint}`;
}

/** What grpc-js adds to a connection that failed, also when the resolver has nothing to say. */
const EMPTY_NOTE = /\.? Resolution note: $/;

/** gRPC's message without its code, as kubelet prints it: `rpc error: code = NotFound desc = …`. */
function toRuntimeError(error: grpc.ServiceError): RuntimeError {
  const text = `rpc error: code = ${CODE_NAMES[error.code] ?? 'Unknown'} desc = ${error.details.replace(EMPTY_NOTE, '')}`;
  if (error.code === grpc.status.NOT_FOUND) return new RuntimeError('not-found', text);
  if (error.code === grpc.status.DEADLINE_EXCEEDED) return new RuntimeError('timeout', text);
  if (error.code === grpc.status.UNAVAILABLE) return new RuntimeError('unavailable', text);
  return new RuntimeError('failed', text);
}

const CODE_NAMES: Record<number, string> = {
  [grpc.status.CANCELLED]: 'Canceled',
  [grpc.status.UNKNOWN]: 'Unknown',
  [grpc.status.INVALID_ARGUMENT]: 'InvalidArgument',
  [grpc.status.DEADLINE_EXCEEDED]: 'DeadlineExceeded',
  [grpc.status.NOT_FOUND]: 'NotFound',
  [grpc.status.ALREADY_EXISTS]: 'AlreadyExists',
  [grpc.status.PERMISSION_DENIED]: 'PermissionDenied',
  [grpc.status.RESOURCE_EXHAUSTED]: 'ResourceExhausted',
  [grpc.status.FAILED_PRECONDITION]: 'FailedPrecondition',
  [grpc.status.UNIMPLEMENTED]: 'Unimplemented',
  [grpc.status.INTERNAL]: 'Internal',
  [grpc.status.UNAVAILABLE]: 'Unavailable',
};
