/** Flow control with a clock and objects of the test's own. */
import {
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
  FLOW_SCHEMAS,
} from '../../../kube/flowcontrol/bootstrap.ts';
import { KindRegistry } from '../../../kube/kinds/registry.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { parseRequest } from '../../../kube/machinery/request/request-info.ts';
import { keyPrefix } from '../../../kube/machinery/resource.ts';
import { Registry } from '../../../kube/metrics/registry.ts';
import type { Store, Stored } from '../../store/store.ts';
import { makeFlowControl, type Seat } from '../flow-control/flow-control.ts';
import { parseQuery } from '../query.ts';
import type { ApiRequest } from '../request.ts';

export const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

export interface Ask {
  namespace?: string;
  method?: string;
  agent?: string;
  groups?: string[];
  query?: string;
  bodySize?: number;
  path?: string;
}

/** `total` seats for all levels; `global-default` has 20 of 245 shares, half of which it lends. */
export function control(
  total: number,
  objects: readonly KubeObject[] = [...BOOTSTRAP_FLOW_SCHEMAS, ...BOOTSTRAP_PRIORITY_LEVELS],
) {
  const time = { now: 0, counted: 0, sleeping: [] as (() => void)[] };
  const all = [...objects];
  let changed: Parameters<Store['onCommit']>[0] = () => {};
  const store = {
    *scan({ prefix }: { prefix: string }) {
      const kind = prefix === keyPrefix(FLOW_SCHEMAS) ? 'FlowSchema' : 'PriorityLevelConfiguration';
      for (const object of all) if (object.kind === kind) yield { text: JSON.stringify(object) } as Stored;
    },
    // Nothing is refused after it was read here.
    onRollback() {},
    onCommit(listener: typeof changed) {
      changed = listener;
    },
    count: () => {
      time.counted++;
      return 1500;
    },
  };
  const ports = {
    clock: { now: () => time.now },
    sleep: () => new Promise<void>((resolve) => time.sleeping.push(resolve)),
    store: store as never,
    kinds: new KindRegistry(),
    metrics: new Registry(),
  };
  const flow = makeFlowControl(ports, { readsInFlight: total - 1, writesInFlight: 1 });
  const enter = async (user: string, ask: Ask = {}, request: Partial<ApiRequest> = {}) => {
    const {
      namespace = 'default',
      method = 'POST',
      agent = 'test',
      groups = ['system:authenticated'],
      query = '',
      bodySize = 0,
      path = `/api/v1/namespaces/${namespace}/configmaps`,
    } = ask;
    const parsed = parseQuery(query);
    const info = parseRequest(method, path, parsed);
    const by = { name: user, groups };
    const asked = { query: parsed, agent: () => agent, bodySize };
    return flow.enter(flow.classify(by, info, request as ApiRequest), by, info, asked);
  };
  const pass = async (ms: number) => {
    time.now += ms;
    for (const wake of time.sleeping.splice(0)) wake();
    await turn();
  };
  const add = (object: KubeObject) => {
    all.push(object);
    changed([{ key: `${keyPrefix(FLOW_SCHEMAS)}x` }] as never);
  };
  const remove = (object: KubeObject) => {
    all.splice(all.indexOf(object), 1);
    changed([{ key: `${keyPrefix(FLOW_SCHEMAS)}x` }] as never);
  };
  return { enter, pass, time, add, remove };
}

/** Takes seats until one must be waited for; answers those taken. */
export async function fill(
  enter: (user: string, ask?: Ask) => Promise<Seat>,
  user: string,
  ask?: Ask,
): Promise<Seat[]> {
  const seats: Seat[] = [];
  for (;;) {
    const entering = enter(user, ask);
    const seat = await Promise.race([entering, turn().then(() => undefined)]);
    if (!seat) return seats;
    seats.push(seat);
  }
}
