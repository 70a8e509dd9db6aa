/** Debian's Chromium, installed when this may be done; without it the suite says why it is skipped. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ROOT } from '../../cli/local/paths.ts';

const BINARIES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SCREENSHOTS = join(ROOT, 'dist', 'screenshots');

/** A path, or the reason why there is none. */
export function findChromium(): { path: string } | { missing: string } {
  const found = BINARIES.find((path) => existsSync(path));
  if (found) return { path: found };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return { missing: 'there is no Chromium, and only root on Debian can install it here' };
  }
  try {
    const packages = ['--no-install-recommends', 'chromium', 'fonts-dejavu-core', 'fonts-wqy-microhei'];
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-q', ...packages], { stdio: 'ignore' });
  } catch (error) {
    return { missing: `apt-get could not install chromium: ${(error as Error).message}` };
  }
  return { path: '/usr/bin/chromium' };
}

/** Without the background's own traffic, which a closed network only delays. */
export function launch(path: string): Promise<Browser> {
  const quiet = ['networking', 'timer-throttling'].map((what) => `--disable-background-${what}`);
  return chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync', ...quiet],
  });
}

/** For people to look at: `dist/screenshots/NAME.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
