/** Opens an address in the browser of the person at this machine, where there is one. */
import { spawn } from 'node:child_process';

/** The program that opens addresses, and its arguments before the address; undefined where no browser would be seen. */
export function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): readonly string[] | undefined {
  if (env.SSH_CONNECTION || env.CI) return undefined;
  if (platform === 'darwin') return ['open'];
  // Not `start`, which is a word of a shell's.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

/** No shell reads the address. Resolves to whether a program took it. */
export function openBrowser(address: string, opener = openerOf(process.platform, process.env)): Promise<boolean> {
  const [command, ...args] = opener ?? [];
  if (command === undefined || !URL.canParse(address)) return Promise.resolve(false);
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url.href], { stdio: 'ignore', detached: true, shell: false });
    child.once('error', () => resolve(false)).once('spawn', () => resolve(true));
    child.unref();
  });
}
