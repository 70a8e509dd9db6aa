/** Requests that are under way while their cluster is deleted. */
import { runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { Cluster } from './cluster.ts';

declare const FixedLengthStream: new (length: number) => TransformStream<Uint8Array, Uint8Array>;

test('a request whose body is still arriving when the cluster is deleted finds no cluster', async () => {
  const cluster = await Cluster.create();
  const text = JSON.stringify({ metadata: { name: 'late' } });
  const { readable, writable } = new FixedLengthStream(text.length);
  const writer = writable.getWriter();
  const path = '/api/v1/namespaces/default/configmaps';
  const answer = cluster.fetch(path, { method: 'POST', body: readable as unknown as string });
  await writer.write(new TextEncoder().encode(text.slice(0, 5)));
  await cluster.send('GET', path);
  await runInDurableObject(cluster.stub, (object) => (object as unknown as { destroy(): Promise<void> }).destroy());
  await writer.write(new TextEncoder().encode(text.slice(5)));
  await writer.close();
  const { status } = await answer;
  expect(status).toBe(404);
  await expect(cluster.send('GET', path)).rejects.toThrow('404');
});
