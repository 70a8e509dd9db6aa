/**
 * Makes `agent/runtimes/cri/generated/`: the types of the messages in the agent's .proto files, as the proto loader
 * gives them with the options of `agent/runtimes/cri/client.ts`. Facts only; not edited by hand.
 *
 * Run: `node scripts/generate/cri.ts`.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const CRI = 'agent/runtimes/cri';
const ROOT = join(import.meta.dirname, '../..');

rmSync(join(ROOT, CRI, 'generated'), { recursive: true, force: true });
execFileSync(
  join(ROOT, 'node_modules/.bin/proto-loader-gen-types'),
  [
    ...['--longs=String', '--enums=String', '--defaults', '--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts'],
    `--outDir=${CRI}/generated`,
    ...['runtime', 'events'].map((name) => `${CRI}/${name}.proto`),
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
