import fc from 'fast-check';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  milliCeil,
  parseQuantity,
  printedQuantity,
  unitCeil,
} from '../../../kube/machinery/quantity.ts';
import { JudgedApi } from '../api.ts';
import { target, timed } from '../target.ts';

const PARTS = [
  '0',
  '1',
  '9',
  '.',
  '-',
  '+',
  'e',
  'E',
  'm',
  'k',
  'Ki',
  'Mi',
  'Ei',
  'n',
  'u',
  ' ',
  '00000',
  '99999',
] as const;
const quantity = fc.oneof(
  fc.array(fc.constantFrom(...PARTS), { maxLength: 8 }).map((parts) => parts.join('')),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.constantFrom('', 'm', 'Ki', 'Ei', 'e9', 'e-30', 'n'))
    .map(([amount, suffix]) => `${amount}${suffix}`),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(`1${'0'.repeat(5000)}`, `0.${'0'.repeat(5000)}1`, '1e999999999', '1e-999999999', '9'.repeat(20_000)),
);

export const quantities = target({
  name: 'quantities',
  about: 'amounts, alone, and as requests, limits, capacities, quotas and the edges of ranges',
  quickRuns: 200,
  input: fc.record({ a: quantity, b: quantity }),
  open(limits) {
    const api = new JudgedApi(limits);
    return {
      async attempt({ a, b }) {
        await timed(limits, () => {
          for (const text of [a, b]) {
            const [parsed, printed] = [parseQuantity(text), printedQuantity(text)];
            if (!parsed || 'error' in printed) continue;
            const again = parseQuantity(printed.value);
            if (!again || compareQuantities(parsed, again) !== 0)
              throw new Error(`${text} is printed ${printed.value}`);
            unitCeil(parsed);
            milliCeil(parsed);
            formatQuantity(addQuantities(parsed, again));
          }
        });
        const scope = await api.scope();
        const inside = `/api/v1/namespaces/${scope.namespace}`;
        const [requests, hard] = [
          { cpu: a, memory: b },
          { cpu: b, pods: a },
        ];
        const limitsOf = [{ type: 'Container', default: { cpu: a }, max: { cpu: b }, min: { memory: a } }];
        const containers = [{ name: 'c', image: 'i', resources: { requests, limits: { cpu: b } } }];
        const ask = (path: string, body: object) => api.ask({ method: 'POST', path, body: JSON.stringify(body) });
        const metadata = { name: `a${scope.namespace.replace(/\D/g, '')}` };
        await ask(`${inside}/resourcequotas`, { metadata, spec: { hard } });
        await ask(`${inside}/limitranges`, { metadata, spec: { limits: limitsOf } });
        await ask('/api/v1/nodes', { metadata, status: { capacity: requests, allocatable: hard } });
        await ask(`${inside}/pods`, { metadata, spec: { containers } });
        for (const plural of ['resourcequotas', 'limitranges', 'pods']) {
          await api.examine(`${inside}/${plural}/${metadata.name}`);
        }
        await api.examine(`/api/v1/nodes/${metadata.name}`);
      },
    };
  },
});
