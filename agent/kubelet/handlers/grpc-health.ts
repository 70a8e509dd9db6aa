/**
 * The check of the gRPC health protocol (grpc.health.v1.Health), as kubelet's probe asks it (`pkg/probe/grpc/grpc.go`).
 */
import {
  type ChannelCredentials,
  type ClientUnaryCall,
  credentials,
  loadPackageDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { joinHostPort } from '../../../kube/machinery/join-host-port.ts';
import { goDuration } from '../../../kube/machinery/time.ts';
import type { Outcome } from './outcome.ts';

/** `grpc/health/v1/health.proto`, as far as a probe needs it. */
const PROTO = {
  nested: {
    HealthCheckRequest: { fields: { service: { type: 'string', id: 1 } } },
    ServingStatus: { values: { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } },
    HealthCheckResponse: { fields: { status: { type: 'ServingStatus', id: 1 } } },
    Health: {
      methods: { Check: { requestType: 'HealthCheckRequest', responseType: 'HealthCheckResponse' } },
    },
  },
};

interface HealthClient {
  waitForReady(deadline: number, done: (error?: Error) => void): void;
  close(): void;
  check(
    request: { service: string },
    options: { deadline: number },
    done: (error: ServiceError | null, answer?: { status: string }) => void,
  ): ClientUnaryCall;
}

type HealthConstructor = new (address: string, channel: ChannelCredentials, options: object) => HealthClient;

export const healthDefinition = {
  nested: { grpc: { nested: { health: { nested: { v1: PROTO } } } } },
} as Parameters<typeof fromJSON>[0];
const definition = fromJSON(healthDefinition, { enums: String, defaults: true });
const { grpc } = loadPackageDefinition(definition) as unknown as {
  grpc: { health: { v1: { Health: HealthConstructor } } };
};

/** `timeout` in milliseconds. */
export function grpcHealth(host: string, port: number, service: string, timeout: number): Promise<Outcome> {
  const address = joinHostPort(host, port);
  const options = {
    'grpc.primary_user_agent': 'kube-probe/1.36',
    // A connection of its own, without a proxy: the pod is asked, as it is now.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
  };
  const client = new grpc.health.v1.Health(address, credentials.createInsecure(), options);
  const deadline = Date.now() + timeout;
  return new Promise<Outcome>((resolve) => {
    const end = (problem: string) => {
      client.close();
      resolve({ ok: problem === '', output: problem });
    };
    client.waitForReady(deadline, (error) => {
      if (error) {
        const within = goDuration(timeout);
        end(
          `timeout: failed to connect service ${JSON.stringify(address)} within ${within}: context deadline exceeded`,
        );
        return;
      }
      client.check({ service }, { deadline }, (failure, answer) => end(problemOf(failure, answer?.status, timeout)));
    });
  });
}

function problemOf(error: ServiceError | null, answer: string | undefined, timeout: number): string {
  if (error?.code === status.UNIMPLEMENTED) {
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.details}`;
  }
  if (error?.code === status.DEADLINE_EXCEEDED) {
    return `timeout: health rpc did not complete within ${goDuration(timeout)}`;
  }
  if (error) {
    const code = status[error.code] ?? String(error.code);
    return `error: health rpc probe failed: rpc error: code = ${code} desc = ${error.details}`;
  }
  return answer === 'SERVING' ? '' : `service unhealthy (responded with ${JSON.stringify(answer)})`;
}
