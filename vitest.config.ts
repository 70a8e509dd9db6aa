/**
 * The suites, from fastest to the most real. `npm test` runs them in this order; `vitest run --project unit` runs one.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { COMPATIBILITY_DATE, OBJECT_CLASSES } from './cli/local/workerd-config.ts';

/** Real processes share the machine's two cores, ports and cgroups: one file at a time. */
const realThing = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 };

/** Services of their own that are left alone for most of the time: these files run side by side, after the others. */
const WAITING = ['idle', 'idle-fleet', 'sleep', 'visitors', 'device'].map((name) => `e2e/workerd/${name}.test.ts`);

const TEST_SECRET = 'opens-accounts';
const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Ends what hangs. No test is timed, and a machine that does much else is slow.
          testTimeout: 60_000,
          include: [
            '{kube,wire,worker,durable-objects,agent,cli,web,testing,scripts,e2e/conformance,e2e/differential,e2e/fuzz,e2e/tutorials/transcript}/**/*.test.{ts,tsx}',
          ],
        },
      },
      ...['workerd', 'kubectl', 'clients', 'nodes', 'browser', 'tutorials'].map((name) => ({
        test: { name, include: [`e2e/${name}/*.test.ts`], exclude: WAITING, ...realThing },
      })),
      {
        test: {
          name: 'workerd-waiting',
          include: WAITING,
          ...realThing,
          fileParallelism: true,
          maxWorkers: WAITING.length,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Tests that run inside workerd, beside the objects they look into.
        plugins: [
          cloudflareTest({
            main: './worker/index.ts',
            miniflare: {
              compatibilityDate: COMPATIBILITY_DATE,
              durableObjects: Object.fromEntries(
                OBJECT_CLASSES.map(({ className, binding }) => [binding, { className, useSQLite: true }]),
              ),
              bindings: {
                TEST_SECRET,
                ISLET_SIGNING_KEY: JSON.stringify({ ...signingKey, kid: 'test', alg: 'ES256' }),
                ISLET_BOOTSTRAP_SECRET: createHash('sha256').update(TEST_SECRET).digest('hex'),
              },
            },
          }),
        ],
        test: { name: 'workerd-object', include: ['e2e/workerd/object/*.test.ts'], testTimeout: 60_000 },
      },
    ],
  },
});
