import { expect, test } from 'vitest';
import type { Node } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { secondsAt, ttlController } from './ttl-controller.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';

class Nodes {
  readonly harness = new Harness([ttlController]);

  async add(from: number, to: number, annotations: Record<string, string> = {}): Promise<void> {
    for (let i = from; i < to; i++) {
      await this.harness.api.apply('nodes', { kind: 'Node', metadata: { name: `n${i}`, annotations }, spec: {} });
    }
    await this.settle();
  }

  async remove(from: number, to: number): Promise<void> {
    for (let i = from; i < to; i++) await this.harness.api.remove('nodes', '', `n${i}`);
    await this.settle();
  }

  /** A status of its kubelet. */
  async beat(name: string): Promise<string | undefined> {
    await this.harness.api.patch('nodes', '', name, { status: { at: String(this.harness.time.now()) } }, true);
    await this.settle();
    return this.ttl(name);
  }

  ttl(name: string): string | undefined {
    return this.harness.api.read<Node>('nodes', '', name)?.metadata.annotations?.[ANNOTATION];
  }

  private async settle(): Promise<void> {
    await this.harness.settle();
    this.harness.kill();
    await this.harness.settle();
    expect(this.harness.errors).toEqual([]);
  }
}

test('nodes are annotated with the seconds for their number', async () => {
  const nodes = new Nodes();
  await nodes.add(0, 3, { other: 'kept' });
  expect(nodes.harness.api.read<Node>('nodes', '', 'n0')?.metadata.annotations).toEqual({
    other: 'kept',
    [ANNOTATION]: '0',
  });
  await nodes.add(3, 4, { [ANNOTATION]: 'x' });
  expect(nodes.ttl('n3')).toBe('0');
});

test('they rise with the number of nodes, and fall later than they rose', async () => {
  const nodes = new Nodes();
  await nodes.add(0, 101);
  expect([nodes.ttl('n100'), await nodes.beat('n0')]).toEqual(['15', '15']);
  await nodes.remove(95, 101);
  expect(await nodes.beat('n0')).toBe('15');
  await nodes.remove(89, 95);
  expect(await nodes.beat('n0')).toBe('0');
});

test.each([
  { at: 15, up: [500, 501, 30], down: [90, 89, 0] },
  { at: 30, up: [1000, 1001, 60], down: [450, 449, 15] },
  { at: 60, up: [2000, 2001, 300], down: [900, 899, 30] },
  { at: 300, up: [3000, 5000, 300], down: [1800, 1799, 60] },
])('the steps overlap around $at seconds', ({ at, up, down }) => {
  for (const [stays, leaves, next] of [up, down] as [number, number, number][]) {
    expect([secondsAt(stays, at), secondsAt(leaves, at)]).toEqual([at, next]);
  }
});
