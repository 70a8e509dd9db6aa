import fc from 'fast-check';
import { stepOf } from '../../differential/steps.ts';
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
        for (const numbers of steps) {
          const step = stepOf(new Tape(numbers), subject, scope);
          const current = step.reads ? (await api.ask({ method: 'GET', path: step.reads })).body : undefined;
          await api.ask(step.request(current?.kind === 'Status' ? undefined : current));
        }
        for (const name of ['a', 'b', 'c']) await api.examine(objectPath(scope, subject, name));
      },
    };
  },
});
