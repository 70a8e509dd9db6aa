import { expect, test } from 'vitest';
import { type Context, propose } from './metrics.ts';

const context: Context = {
  pods: [],
  replicas: 1,
  statusReplicas: 0,
  tolerances: { scaleDown: 0.1, scaleUp: 0.1 },
  now: 0,
  namespace: 'default',
  selector: 'app=web',
  resourceOf: () => undefined,
};

test.each([
  ['6', 3],
  ['0', 0],
])('of a target whose status counts no replicas yet, a value of %s shared by twos asks for %i', (value, replicas) => {
  const target = { type: 'AverageValue', averageValue: '2' };
  const asked = propose(context, { type: 'External', external: { metric: { name: 'depth' }, target } });
  asked.next();
  const { value: outcome } = asked.next({ ok: true, object: { items: [{ value }] } });
  expect(outcome).toMatchObject({ ok: true, replicas });
  // What Go makes of a division by zero.
  expect(outcome).toMatchObject({ status: { external: { current: { averageValue: '-9223372036854775808m' } } } });
});
