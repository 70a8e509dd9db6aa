/** gRPC over a unix socket, as promises, with the types that are generated from the .proto files. */
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { RuntimeError } from '../runtime.ts';
import type { EventsDefinition } from './generated/containerd/services/events/v1/Events.ts';
import type { ImageServiceDefinition } from './generated/runtime/v1/ImageService.ts';
import type { RuntimeServiceDefinition } from './generated/runtime/v1/RuntimeService.ts';

interface Services {
  runtime: RuntimeServiceDefinition;
  images: ImageServiceDefinition;
  events: EventsDefinition;
}

// biome-ignore lint/suspicious/noExplicitAny: only what goes in and comes out is of interest
type Method<In, Out> = MethodDefinition<In, any, any, Out>;
/** Only the declared methods: the generated types also admit any name. */
type Methods<S extends keyof Services> = {
  [Name in keyof Services[S] as string extends Name ? never : Name]: Services[S][Name];
};
type Request<M> = M extends Method<infer In, unknown> ? In : never;
// biome-ignore lint/suspicious/noExplicitAny: as above
type Answer<M> = M extends Method<any, infer Out> ? Out : never;

const PLACES: Record<keyof Services, { file: string; path: readonly string[] }> = {
  runtime: { file: 'runtime.proto', path: ['runtime', 'v1', 'RuntimeService'] },
  images: { file: 'runtime.proto', path: ['runtime', 'v1', 'ImageService'] },
  events: { file: 'events.proto', path: ['containerd', 'services', 'events', 'v1', 'Events'] },
};

export class GrpcClient<S extends keyof Services> {
  readonly #client: grpc.Client;
  readonly #methods: grpc.ServiceDefinition;

  constructor(endpoint: string, service: S) {
    const { file, path } = PLACES[service];
    // Nanosecond times do not fit a Number.
    const definition = loadSync(fileURLToPath(new URL(file, import.meta.url)), {
      longs: String,
      enums: String,
      defaults: true,
    });
    let found: unknown = grpc.loadPackageDefinition(definition);
    for (const step of path) found = (found as Record<string, unknown>)[step];
    const Client = found as grpc.ServiceClientConstructor;
    this.#methods = Client.service;
    this.#client = new Client(target(endpoint), grpc.credentials.createInsecure(), {
      // grpc-js would derive an authority from the socket's path, which containerd refuses.
      'grpc.default_authority': 'localhost',
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
      'grpc.max_reconnect_backoff_ms': 2000,
      'grpc.initial_reconnect_backoff_ms': 200,
    });
  }

  /** Timeouts in milliseconds. */
  call<M extends keyof Methods<S> & string>(
    method: M,
    request: Request<Methods<S>[M]>,
    timeout = 120_000,
  ): Promise<Answer<Methods<S>[M]>> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        { deadline: Date.now() + timeout },
        (error, answer) => {
          if (error) reject(toRuntimeError(error));
          else resolve(answer as Answer<Methods<S>[M]>);
        },
      );
    });
  }

  stream<M extends keyof Methods<S> & string>(
    method: M,
    request: Request<Methods<S>[M]>,
  ): grpc.ClientReadableStream<Answer<Methods<S>[M]>> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    return this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the callers know its types
  #method(name: string): grpc.MethodDefinition<any, any> {
    const method = this.#methods[name];
    if (!method) throw new Error(`no RPC ${name}`);
    return method;
  }

  close(): void {
    this.#client.close();
  }
}
function target(endpoint: string): string {
  if (endpoint.startsWith('unix:')) return endpoint;
  return `unix://${endpoint}`;
}

/** grpc-js adds this to a connection that failed, also when the resolver has nothing to say. */
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
