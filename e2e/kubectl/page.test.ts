/** The kubectl of the page beside the real one: the same lines on two clusters alike, told byte for byte the same. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../../testing/index.ts';
import { eventually } from '../eventually.ts';
import { findKubectl, minorOf } from './find-kubectl.ts';
import { words } from './kubectl.ts';
import { compare, type Difference } from './page/compare.ts';
import { FILES } from './page/files.ts';
import { GROUPS } from './page/groups.ts';
import { PageSide, RealSide } from './page/side.ts';

/** Its words are those of one version, and differ a little from version to version. */
const MINOR = 36;

const found = await findKubectl();
const minor = 'path' in found ? await minorOf(found.path) : undefined;
const why =
  'skip' in found
    ? found.skip
    : minor === MINOR
      ? undefined
      : `kubectl in the PATH is 1.${minor}; KUBECTL=FILE names one of 1.${MINOR}, as the page's is`;
if (why) console.log(`skipped: ${why}`);
const PATIENCE = 300_000;

describe.skipIf(why)('kubectl of the page', () => {
  let folder = '';
  let clusters: TestCluster[] = [];
  const files = new Map(Object.entries(FILES));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'islet-page-kubectl-'));
    clusters = [await startCluster(), await startCluster()];
    for (const [name, text] of files) await writeFile(join(folder, name), text);
  });

  afterAll(async () => {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  test.each(GROUPS)(
    '$name',
    async ({ lines }) => {
      const [forReal, forPage] = clusters as [TestCluster, TestCluster];
      const namespace = `lines-${GROUPS.findIndex((group) => group.lines === lines)}`;
      const kubeconfig = forReal.kubeconfig.replace(/context:\n/, `context:\n      namespace: ${namespace}\n`);
      await writeFile(join(folder, 'config'), kubeconfig);
      const real = new RealSide('path' in found ? found.path : '', folder);
      const config = {
        context: 'islet-test',
        cluster: 'islet-test',
        user: 'islet-test',
        server: forPage.server,
        namespace,
      };
      const page = new PageSide(forPage, config, files);
      for (const side of [real, page]) {
        await side.run(words(`create namespace ${namespace}`));
        await eventually(async () => expect((await side.run(words('get sa default'))).code).toBe(0));
      }
      const differences: Difference[] = [];
      for (const line of lines) {
        const difference = await compare(line, real, page);
        if (difference) differences.push(difference);
      }
      expect(differences.map(({ line, page: told }) => ({ line, ...told }))).toEqual(
        differences.map(({ line, real: told }) => ({ line, ...told })),
      );
    },
    PATIENCE,
  );
});
