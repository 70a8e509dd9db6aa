/**
 * Runs the handlers of probes and lifecycle hooks: a command in the container, or a request or connection to the pod.
 */
import { connect } from 'node:net';
import type { Container } from '../../../kube/types.ts';
import { type Clock, MAX_TIMER, sleep } from '../../clock.ts';
import { type Runtime, RuntimeError } from '../../runtimes/runtime.ts';
import { grpcHealth } from './grpc-health.ts';
import { dialError, httpGet } from './http-get.ts';
import type { Outcome } from './outcome.ts';

type Probe = NonNullable<Container['livenessProbe']>;
type Hook = NonNullable<NonNullable<Container['lifecycle']>['postStart']>;
export type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<Hook, 'sleep'>;

export interface HandlerTarget {
  container: Container;
  /** The runtime's id, without scheme. */
  id: string;
  /** The pod's address. */
  ip: string;
  /** The handler is a lifecycle hook, not a probe. */
  isHook?: boolean;
}

export interface HandlerPorts {
  runtime: Pick<Runtime, 'run'>;
  clock: Clock;
}

/** `timeout` in milliseconds. Never throws. An aborted `signal` ends the wait. */
export async function runHandler(
  ports: HandlerPorts,
  handler: Handler,
  target: HandlerTarget,
  timeout: number,
  signal?: AbortSignal,
): Promise<Outcome> {
  const abandoned = new Promise<Outcome>((resolve) => {
    signal?.addEventListener('abort', () => resolve({ ok: false, output: 'context canceled' }), { once: true });
  });
  try {
    return await Promise.race([perform(ports, handler, target, timeout, signal), abandoned]);
  } catch (error) {
    return { ok: false, broken: true, output: (error as Error).message };
  }
}

async function perform(
  { runtime, clock }: HandlerPorts,
  handler: Handler,
  target: HandlerTarget,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  if (handler.exec) return runCommand(runtime, target.id, handler.exec.command ?? [], timeout);
  if (handler.httpGet) {
    const address = handler.httpGet.host || target.ip;
    const port = portOf(handler.httpGet.port, target.container);
    return httpGet(handler.httpGet, { address, port, timeout, isHook: target.isHook ?? false });
  }
  if (handler.tcpSocket) {
    const { host, port } = handler.tcpSocket;
    return tcp(host || target.ip, portOf(port, target.container), timeout);
  }
  if (handler.grpc) return grpcHealth(target.ip, handler.grpc.port, handler.grpc.service ?? '', timeout);
  if (handler.sleep) {
    await sleep(clock, Math.min(timeout, (handler.sleep.seconds ?? 0) * 1000), signal);
    return { ok: true, output: '' };
  }
  throw new Error('missing probe handler');
}

async function runCommand(
  runtime: HandlerPorts['runtime'],
  id: string,
  command: string[],
  timeout: number,
): Promise<Outcome> {
  const seconds = Math.max(1, Math.ceil(timeout / 1000));
  try {
    const { exitCode, stdout, stderr } = await runtime.run(id, command, seconds);
    return { ok: exitCode === 0, output: Buffer.concat([stdout, stderr]).toString().slice(0, 10_240) };
  } catch (error) {
    if (error instanceof RuntimeError && (error.code === 'timeout' || /timeout|timed out/.test(error.message))) {
      return { ok: false, output: `command timed out: "${command.join(' ')}" timed out after ${seconds}s` };
    }
    throw error;
  }
}

function tcp(host: string, port: number, timeout: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(Math.min(timeout, MAX_TIMER), () =>
      end({ ok: false, output: `dial tcp ${host}:${port}: i/o timeout` }),
    );
    socket.on('connect', () => end({ ok: true, output: '' }));
    socket.on('error', (error) => end({ ok: false, output: dialError(error, host, port) }));
  });
}

function portOf(port: string | number, container: Container): number {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find(({ name }) => name === port);
  const number = named?.containerPort ?? Number(port);
  if (!Number.isInteger(number)) throw new Error(`container ${container.name} has no port named ${port}`);
  return number;
}
