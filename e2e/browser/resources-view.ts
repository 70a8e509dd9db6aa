/** The page `resources` in a browser, and kubectl on the same cluster. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { findKubectl } from '../kubectl/find-kubectl.ts';
import { words } from '../kubectl/kubectl.ts';
import type { DashboardRig } from './rig.ts';

const run = promisify(execFile);

export class ResourcesView {
  readonly rig: DashboardRig;
  readonly page: Page;
  /** Undefined where there is no kubectl. */
  readonly kubectlPath: string | undefined;

  private constructor(rig: DashboardRig, kubectlPath: string | undefined) {
    this.rig = rig;
    this.page = rig.page;
    this.kubectlPath = kubectlPath;
  }

  static async of(rig: DashboardRig): Promise<ResourcesView> {
    const found = await findKubectl();
    return new ResourcesView(rig, 'path' in found ? found.path : undefined);
  }

  /** Opens a kind, and answers with its rows. */
  async table(resource: string, more = ''): Promise<Locator> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, `#cluster=default&page=resources&resource=${resource}${more}`);
    const rows = this.page.locator('table.grid tbody tr');
    await rows.first().waitFor();
    return rows;
  }

  get drawer(): Locator {
    return this.page.locator('aside.drawer');
  }

  get dialog(): Locator {
    return this.page.locator('dialog[open]');
  }

  async kubectl(line: string): Promise<string> {
    const env = { ...process.env, KUBECONFIG: this.rig.machine.kubeconfig };
    const { stdout } = await run(this.kubectlPath ?? 'kubectl', words(line), { env });
    return stdout;
  }

  /** What `kubectl get` prints: heads and cells. */
  async printed(line: string): Promise<{ heads: string[]; rows: string[][] }> {
    const [head = '', ...lines] = (await this.kubectl(line)).trimEnd().split('\n');
    // Columns begin beneath their heads, which are three spaces apart.
    const starts = [...head.matchAll(/(?<=^| {3})\S+(?: \S+)*/g)].map(({ index }) => index);
    const cut = (text: string) => starts.map((start, at) => text.slice(start, starts[at + 1]).trim());
    return { heads: cut(head), rows: lines.map(cut) };
  }

  /** What the page shows, but for the boxes: heads as kubectl writes them, and cells. */
  async shown(): Promise<{ heads: string[]; rows: string[][] }> {
    return this.page.locator('table.grid').evaluate((grid) => {
      const texts = (row: Element) =>
        [...row.children].slice(1).map((cell) => (cell.textContent ?? '').replace(/[↑↓]/g, ''));
      const [head, ...rows] = [...grid.querySelectorAll('tr')].map(texts);
      return { heads: (head ?? []).map((name) => name.toUpperCase()), rows };
    });
  }
}
