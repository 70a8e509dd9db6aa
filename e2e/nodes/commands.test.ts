/** The commands of kubectl that need a container. What they did is recorded, for `npm run kubectl-table`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { Bench } from '../kubectl/commands/bench.ts';
import { BOX, IN_CONTAINERS } from '../kubectl/commands/containers.ts';
import { type Recorded, record } from '../kubectl/commands/record.ts';
import { describeOnNode } from './machine.ts';

describeOnNode('kubectl in containers', (rig) => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-commands-'));
  const results: Recorded['results'] = {};
  const bench = new Bench({
    folder,
    async run(args, input) {
      const { code, stdout, stderr } = await rig.kubectl(args, input);
      return { code, stdout: stdout.toString(), stderr };
    },
    start: (args) => rig.start(args),
  });

  beforeAll(async () => {
    await bench.prepare();
    await rig.ok('apply -f -', BOX);
    await rig.ready('box');
  });

  afterAll(async () => {
    const { clientVersion } = JSON.parse(await rig.ok('version -o json'));
    record('real', { minor: Number.parseInt(clientVersion.minor, 10), results });
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(IN_CONTAINERS)('$command', async (each) => {
    results[each.command] = 'fails';
    await bench.steps(each, 'default');
    results[each.command] = 'held';
  });
});
