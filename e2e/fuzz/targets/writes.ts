import fc from 'fast-check';
import { stepOf } from '../../differential/sequences/steps/index.ts';
import type { Client } from '../../differential/sequences/steps/step.ts';
import { Tape } from '../../differential/tape.ts';
import { JudgedApi, objectPath, subjects } from '../api.ts';
import { target } from '../target.ts';

const tape = fc.array(fc.nat(9999), { maxLength: 40, size: 'max' });

export const writes = target({
  name: 'writes',
  about: 'sequences of creates, updates, patches, applies and deletes of every kind, valid and not',
  quickRuns: 60,
  input: fc.record({
    subject: fc.nat(subjects.length - 1),
    steps: fc.array(tape, { minLength: 1, maxLength: 8, size: 'max' }),
  }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ subject: index, steps }) {
        const subject = subjects[index] as (typeof subjects)[number];
        const scope = await api.scope();
        const client = clientOf(api);
        for (const numbers of steps) await stepOf(new Tape(numbers), subject, scope)(client);
        for (const name of ['a', 'b', 'c']) await api.examine(objectPath(scope, subject, name));
      },
    };
  },
});

function clientOf(api: JudgedApi): Client {
  const ask: Client['ask'] = async (request) => (await api.ask(request)).body;
  return {
    ask,
    async read(path) {
      const { status, body } = await api.ask({ method: 'GET', path });
      return status === 200 ? body : undefined;
    },
    send: ask,
    watch: async (request) => void (await ask(request)),
    dropWatches() {},
    settle: async () => {},
    revisions: new Map(),
  };
}
