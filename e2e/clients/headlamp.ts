/** Headlamp's own server, where HEADLAMP names its program: its user has given it a token of the cluster. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../bench/targets/peer.ts';
import type { Endpoint } from '../../cli/local/client.ts';
import { spawnTied } from '../../cli/local/tied-process.ts';
import { eventually } from '../eventually.ts';

export const HEADLAMP = process.env.HEADLAMP;
if (!HEADLAMP) console.log('skipped: HEADLAMP names no program of its server');

export interface Headlamp {
  /** Of the server. */
  address: string;
  /** Of the cluster behind it. */
  cluster: string;
  headers: Record<string, string>;
  stop(): void;
}

/** Its files are in the folder. */
export async function startHeadlamp({ server, ca, token }: Endpoint, folder: string): Promise<Headlamp> {
  const [path, port] = [join(folder, 'headlamp.json'), await freePort()];
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca ?? '').toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'islet', cluster }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'islet', context: { cluster: 'islet', user: 'nobody' } }],
  };
  await writeFile(path, JSON.stringify(config));
  const folders = ['plugins-dir', 'user-plugins-dir'].flatMap((flag) => [`-${flag}`, join(folder, flag)]);
  const args = ['-kubeconfig', path, '-listen-addr', '127.0.0.1', '-port', String(port), ...folders];
  const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder };
  const program = spawnTied(HEADLAMP ?? '', args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
  const address = `http://127.0.0.1:${port}`;
  const signIn = async () => {
    const body = JSON.stringify({ token });
    const answer = await fetch(`${address}/clusters/islet/set-token`, { method: 'POST', body });
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  };
  const cookies = await eventually(signIn, 30_000);
  return {
    address,
    cluster: `${address}/clusters/islet`,
    headers: { cookie: cookies.join('; '), origin: address },
    stop: () => void program.kill('SIGKILL'),
  };
}
