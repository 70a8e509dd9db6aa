/** The store's contract suite on production's storage: that of a Durable Object, in workerd. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { storeContract } from '../../../durable-objects/store/contract.ts';
import { durableObjectSql } from '../../../durable-objects/store/sql/durable-object.ts';

storeContract("a Durable Object's storage", (body) => {
  const stub = env.CLUSTER.get(env.CLUSTER.newUniqueId());
  return runInDurableObject(stub, (_object, state) => body(durableObjectSql(state.storage)));
});
