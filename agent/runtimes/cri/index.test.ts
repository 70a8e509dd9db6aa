import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { expect, test } from 'vitest';
import { CriRuntime } from './index.ts';

type Events = grpc.ServerWritableStream<unknown, { namespace: string }>;

/** A runtime that has nothing but events. */
async function serveEvents(path: string, subscribe: (stream: Events) => void): Promise<grpc.Server> {
  const definition = loadSync(fileURLToPath(new URL('events.proto', import.meta.url)));
  const service = definition['containerd.services.events.v1.Events'] as grpc.ServiceDefinition;
  const server = new grpc.Server();
  server.addService(service, { Subscribe: subscribe });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${path}`, grpc.ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return server;
}

test('Events are heard again after the runtime has ended their stream, with or without an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-events-'));
  const streams: Events[] = [];
  const server = await serveEvents(join(folder, 's'), (stream) => void streams.push(stream));
  const runtime = new CriRuntime(join(folder, 's'));
  let changes = 0;
  const stop = runtime.watch(() => void changes++);
  await expect.poll(() => streams.length).toBe(1);
  streams[0]?.end();
  await expect.poll(() => streams.length, { timeout: 5_000 }).toBe(2);
  // Events of the meantime were lost.
  expect(changes).toBe(1);
  streams[1]?.emit('error', { code: grpc.status.UNAVAILABLE, details: 'going down' });
  await expect.poll(() => streams.length, { timeout: 5_000 }).toBe(3);
  streams[2]?.write({ namespace: 'k8s.io' });
  await expect.poll(() => changes).toBe(3);
  stop();
  runtime.close();
  server.forceShutdown();
  rmSync(folder, { recursive: true });
});
