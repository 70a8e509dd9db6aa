import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Container } from '../../../types.ts';
import { portWarnings } from './port-warnings.ts';

type Ports = NonNullable<Container['ports']>;
const of = (ports: Ports) => portWarnings([{ container: { name: 'c', ports }, field: 'f' }]);

/** As upstream looks for them, each port with all before it. */
function compared(ports: Ports): string[] {
  return ports.flatMap((port, index) =>
    ports.slice(0, index).flatMap((other, before) => {
      if (other.containerPort !== port.containerPort) return [];
      const [host, otherHost] = [port.hostPort ?? 0, other.hostPort ?? 0];
      const [ip, otherIP] = [port.hostIP ?? '', other.hostIP ?? ''];
      const say = (what: string) => [`f.ports[${index}]: ${what} port definition with f.ports[${before}]`];
      if (host === otherHost && ip === otherIP) return say('duplicate');
      if (host === 0 || otherHost === 0) return say('overlapping');
      return host === otherHost && (ip === '') !== (otherIP === '') ? say('dangerously ambiguous') : [];
    }),
  );
}

test('ports are mixed up that are the same, or have the same port of the host', () => {
  const port = fc.record(
    {
      containerPort: fc.constantFrom(80, 81),
      hostPort: fc.constantFrom(0, 1, 2),
      hostIP: fc.constantFrom('', '1.1.1.1', '1.1.1.2'),
    },
    { requiredKeys: ['containerPort'] },
  );
  fc.assert(
    fc.property(fc.array(port, { maxLength: 12 }), (ports) => {
      expect(of(ports).filter((text) => text.includes('definition'))).toEqual(compared(ports));
    }),
  );
});

test('many ports are looked through once', () => {
  const many = (more: (i: number) => object) =>
    of(Array.from({ length: 60_000 }, (_, i) => ({ containerPort: 80, ...more(i) })));
  expect(many((i) => ({ hostPort: i + 1 }))).toEqual([]);
  expect(many((i) => ({ hostPort: 80, hostIP: `10.0.${i >> 8}.${i & 255}` }))).toEqual([]);
  expect(many(() => ({}))).toHaveLength(200);
});
