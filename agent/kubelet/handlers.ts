/** What probes and lifecycle hooks run: a command in the container, an HTTP request or a TCP connection to the pod. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Container } from '../../kube/types.ts';
import { type Runtime, RuntimeError } from '../runtimes/runtime.ts';

type Probe = NonNullable<Container['livenessProbe']>;
type Hook = NonNullable<NonNullable<Container['lifecycle']>['postStart']>;
export type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<Hook, 'sleep'>;

export interface HandlerTarget {
  container: Container;
  /** The runtime's id, without scheme. */
  id: string;
  /** The pod's address. */
  ip: string;
}

export interface Outcome {
  ok: boolean;
  /** What to say in the event when it is not ok. */
  output: string;
  /** It could not be run at all. */
  broken?: boolean;
}

/** `timeout` in milliseconds. Never throws. */
export async function runHandler(
  runtime: Runtime,
  handler: Handler,
  target: HandlerTarget,
  timeout: number,
): Promise<Outcome> {
  try {
    if (handler.exec) return await runCommand(runtime, target.id, handler.exec.command ?? [], timeout);
    if (handler.httpGet) return await httpGet(handler.httpGet, target, timeout);
    if (handler.tcpSocket) {
      const { host, port } = handler.tcpSocket;
      return await tcp(host || target.ip, portOf(port, target.container), timeout);
    }
    if (handler.sleep) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(timeout, (handler.sleep?.seconds ?? 0) * 1000)));
      return { ok: true, output: '' };
    }
    return { ok: false, broken: true, output: 'grpc probes are not built into this node agent yet' };
  } catch (error) {
    return { ok: false, broken: true, output: (error as Error).message };
  }
}

async function runCommand(runtime: Runtime, id: string, command: string[], timeout: number): Promise<Outcome> {
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

type HttpGet = NonNullable<Probe['httpGet']>;

function httpGet({ host, httpHeaders, path = '/', port, scheme }: HttpGet, target: HandlerTarget, timeout: number) {
  const secure = scheme === 'HTTPS';
  const number = portOf(port, target.container);
  const address = host || target.ip;
  const url = `${secure ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${number}${path}`;
  const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close' };
  for (const { name, value } of httpHeaders ?? []) headers[name.toLowerCase()] = value;
  return new Promise<Outcome>((resolve) => {
    const send = secure ? httpsRequest : httpRequest;
    const options = { host: address, port: number, path, headers, ...(secure ? { rejectUnauthorized: false } : {}) };
    const request = send(options, (response) => {
      response.resume();
      clearTimeout(timer);
      const code = response.statusCode ?? 0;
      const ok = code >= 200 && code < 400;
      resolve({ ok, output: ok ? '' : `HTTP probe failed with statuscode: ${code}` });
      request.destroy();
    });
    const fail = (why: string) => {
      clearTimeout(timer);
      resolve({ ok: false, output: `Get "${url}": ${why}` });
      request.destroy();
    };
    const timer = setTimeout(
      () => fail('context deadline exceeded (Client.Timeout exceeded while awaiting headers)'),
      timeout,
    );
    request.on('error', (error) => fail(dialError(error, address, number)));
    request.end();
  });
}

function tcp(host: string, port: number, timeout: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(timeout, () => end({ ok: false, output: `dial tcp ${host}:${port}: i/o timeout` }));
    socket.on('connect', () => end({ ok: true, output: '' }));
    socket.on('error', (error) => end({ ok: false, output: dialError(error, host, port) }));
  });
}

function dialError(error: Error & { code?: string }, host: string, port: number): string {
  const why = error.code === 'ECONNREFUSED' ? 'connect: connection refused' : error.message;
  return `dial tcp ${host}:${port}: ${why}`;
}

function portOf(port: string | number, container: Container): number {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find(({ name }) => name === port);
  const number = named?.containerPort ?? Number(port);
  if (!Number.isInteger(number)) throw new Error(`container ${container.name} has no port named ${port}`);
  return number;
}
