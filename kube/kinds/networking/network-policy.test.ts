import { expect, test } from 'vitest';
import { anObject, created, createErrors, updateErrors } from '../../testing/strategy.ts';
import { networkPolicy } from './network-policy.ts';

const of = (spec: object) => anObject(networkPolicy, { spec: { podSelector: {}, ...spec } });
const ingress = (...from: object[]) => ({ ingress: [{ from }] });
const port = (port: object) => ({ egress: [{ ports: [port] }] });
const FROM = 'spec.ingress[0].from[0]';
const PORT = 'spec.egress[0].ports[0]';

test('directions and protocols are filled in', () => {
  const { spec } = created(networkPolicy, of({ egress: [{ ports: [{ port: 80 }] }] }));
  expect(spec).toEqual({
    podSelector: {},
    egress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
    policyTypes: ['Ingress', 'Egress'],
  });
});

test.each<[object, string[]]>([
  [
    ingress({ podSelector: {}, namespaceSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }),
    [],
  ],
  [ingress({}), [`${FROM}: Required value: must specify a peer`]],
  [
    ingress({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
    [`${FROM}: Forbidden: may not specify both ipBlock and another peer`],
  ],
  [ingress({ ipBlock: {} }), [`${FROM}.ipBlock.cidr: Required value`]],
  [
    ingress({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8', '11.0.0.0/16', '2001:db8::/32'] } }),
    ['10.0.0.0/8', '11.0.0.0/16', '2001:db8::/32'].map(
      (cidr, i) => `${FROM}.ipBlock.except[${i}]: Invalid value: "${cidr}": must be a strict subset of \`cidr\``,
    ),
  ],
  [port({ port: 80, endPort: 90 }), []],
  [port({ protocol: 'ICMP' }), [`${PORT}.protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"`]],
  [port({ port: 80, endPort: 70 }), [`${PORT}.endPort: Invalid value: 80: must be greater than or equal to \`port\``]],
  [
    port({ port: 'http', endPort: 70 }),
    [`${PORT}.endPort: Invalid value: 70: may not be specified when \`port\` is non-numeric`],
  ],
  [port({ endPort: 70 }), [`${PORT}.endPort: Invalid value: 70: may not be specified when \`port\` is not specified`]],
  [{ policyTypes: ['Foo'] }, ['spec.policyTypes[0]: Unsupported value: "Foo": supported values: "Ingress", "Egress"']],
])('%j', (spec, errors) => {
  expect(createErrors(networkPolicy, of(spec))).toEqual(errors);
});

test('a range that was there before may stay', () => {
  const policy = of(ingress({ ipBlock: { cidr: '010.0.0.0/8' } }));
  const change = (cidr: string) =>
    updateErrors(networkPolicy, policy, (next) => void Object.assign(next, of(ingress({ ipBlock: { cidr } }))));
  expect(change('010.0.0.0/8')).toEqual([]);
  expect(change('011.0.0.0/8')).toEqual([
    `${FROM}.ipBlock.cidr: Invalid value: "011.0.0.0/8": must not have leading 0s in IP or prefix length`,
  ]);
});

test('an address of IPv4 that is written as one of IPv6 is another form, and within a range of IPv4', () => {
  const errors = createErrors(
    networkPolicy,
    of(ingress({ ipBlock: { cidr: '10.0.0.0/8', except: ['::ffff:10.0.0.0/104', '::ffff:11.0.0.0/104'] } })),
  );
  const outside = `${FROM}.ipBlock.except[1]: Invalid value: "::ffff:11.0.0.0/104": must be a strict subset of \`cidr\``;
  expect(errors.filter((error) => error.includes('subset'))).toEqual([outside]);
});
