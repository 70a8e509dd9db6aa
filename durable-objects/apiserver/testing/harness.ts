/** A whole API server on `node:sqlite` with a fixed clock, for the tests beside the code. */
import { KindRegistry } from '../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Status } from '../../../kube/machinery/status.ts';
import { Registry } from '../../../kube/metrics/registry.ts';
import { openStore } from '../../store/mvcc.ts';
import { openNodeSql } from '../../store/sql/node.ts';
import type { Store } from '../../store/store.ts';
import { bootstrapRbac } from '../authz/rbac/bootstrap.ts';
import { bootstrap } from '../bootstrap.ts';
import { bootstrapFlowControl } from '../flow-control/bootstrap.ts';
import { type ApiServer, makeApiServer } from '../pipeline.ts';
import type { ApiAnswer, UserInfo } from '../request.ts';
import type { ServerPorts } from '../server.ts';
import { testIdentity } from './identity.ts';

export const ADMIN: UserInfo = { name: 'islet:admin', groups: ['system:masters', 'system:authenticated'] };
export const START = Date.parse('2026-01-02T03:04:05Z');

interface Reply<T> {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: T;
}

interface RequestOptions {
  user?: UserInfo;
  headers?: Record<string, string>;
  /** Text, or an object to print. */
  body?: unknown;
}

export interface TestApi {
  api: ApiServer;
  store: Store;
  kinds: KindRegistry;
  clock: { time: number };
  /** Unexpected errors. */
  reported: unknown[];
  /** `METHOD /path?query` */
  send(line: string, options?: RequestOptions): Promise<ApiAnswer>;
  call<T = KubeObject & Status>(line: string, options?: RequestOptions): Promise<Reply<T>>;
  create<T = KubeObject>(path: string, body: unknown, options?: RequestOptions): Promise<T>;
}

/** `empty`: without roles and system namespaces, and so without anything. */
export async function testApi({
  empty = false,
  quota,
  ...ports
}: Partial<ServerPorts> & { empty?: boolean; quota?: number } = {}): Promise<TestApi> {
  const clock = { time: START };
  const reported: unknown[] = [];
  let api: ApiServer | undefined;
  const store = openStore(openNodeSql(), { inFlight: () => api?.inFlight() ?? 1, quota });
  let uids = 0;
  let seed = 1;
  const kinds = new KindRegistry();
  const uuid = (): string => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`;
  const server = makeApiServer({
    store,
    kinds,
    clock: { now: () => clock.time },
    random: {
      next: () => {
        seed = (seed * 48271) % 2147483647;
        return seed / 2147483647;
      },
      uuid,
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    report: (_id, error) => void reported.push(error),
    identity: testIdentity(),
    metrics: new Registry(),
    ...ports,
  });
  api = server;

  const send: TestApi['send'] = (line, { user = ADMIN, headers = {}, body } = {}) => {
    const space = line.indexOf(' ');
    const method = line.slice(0, space);
    const [path = '', query = ''] = line.slice(space + 1).split('?', 2);
    return server.handle({
      method,
      path,
      query,
      header: (name) => headers[name],
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      user,
    });
  };
  const call: TestApi['call'] = async (line, options) => {
    const answer = await send(line, options);
    if (answer.type !== 'response') throw new Error(`${line} answered a ${answer.type}`);
    const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
    const isJson = answer.headers['content-type']?.startsWith('application/json');
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  if (!empty) {
    await bootstrapRbac({ store, kinds, api: server, uuid }, clock.time);
    await bootstrapFlowControl({ store, kinds, uuid }, clock.time);
    await bootstrap(server, clock.time);
    // In a whole cluster a controller makes it.
    await call('POST /api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } });
  }
  return {
    api: server,
    store,
    kinds,
    clock,
    reported,
    send,
    call,
    async create<T>(path: string, body: unknown, options?: RequestOptions) {
      const reply = await call<T>(`POST ${path}`, { ...options, body });
      if (reply.status !== 201) throw new Error(`${path}: ${reply.text}`);
      return reply.body;
    },
  };
}
