/** The suites, from fastest to the most real. `npm test` runs them in this order; `vitest run --project unit` runs one. */
import { defineConfig } from 'vitest/config';

/** Real processes share the machine's two cores, ports and cgroups: one file at a time. */
const realThing = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{kube,wire,worker,durable-objects,agent,cli,web,testing,scripts}/**/*.test.{ts,tsx}'],
        },
      },
      ...['workerd', 'kubectl', 'nodes', 'browser'].map((name) => ({
        test: { name, include: [`e2e/${name}/**/*.test.ts`], ...realThing },
      })),
    ],
  },
});
