/** A service, and a browser that is signed in to its dashboard. The page's complaints are kept. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Endpoint } from '../../cli/local/client.ts';
import { Machine, type Up } from '../workerd/service.ts';
import { findChromium, launch } from './browser.ts';

const found = findChromium();

/** The reason why this can't be tried here; undefined when it can. */
export const skip = 'missing' in found ? found.missing : undefined;
if (skip) console.log(`browser: skipped, because ${skip}`);

/** The browser's complaints about a service that goes away, by how far a connection to it had come. */
export const AWAY =
  /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE)/;

/** People begin without an account. */
export const VISITORS = { ISLET_VISITORS: 'true' };

export interface RigOptions extends BrowserContextOptions {
  settings?: Record<string, string>;
}

export class DashboardRig implements AsyncDisposable {
  readonly machine = new Machine();
  /** The port is the same after a restart, so that the page finds it again. Below the range of ephemeral ports. */
  readonly port = 20_000 + 2 * Math.floor(Math.random() * 6_000);
  readonly problems: string[] = [];
  browser!: Browser;
  page!: Page;
  cluster!: Endpoint;
  service!: Up;
  /** With the one-time code. */
  address = '';

  /** `settings`: of the service, as `ISLET_VISITORS`. */
  static async open({ settings = {}, ...options }: RigOptions = {}): Promise<DashboardRig> {
    const rig = new DashboardRig();
    Object.assign(rig.machine.settings, settings);
    await rig.up();
    rig.address = /http:\/\/islet-\w+\.localhost:\d+\/\?code=\S+/.exec(rig.service.output)?.[0] ?? '';
    rig.cluster = await rig.machine.cluster();
    rig.browser = await launch('path' in found ? found.path : '');
    rig.page = await rig.another(options);
    return rig;
  }

  /** Where people go who have no one-time code. */
  get site(): string {
    return new URL(this.address).origin;
  }

  /** A page in a browser of its own: it shares no cookie and no storage with the others. */
  async another(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => this.problems.push(message));
    page.on('console', (message) => message.type() === 'error' && this.problems.push(message.text()));
    return page;
  }

  /** Opens the dashboard at the printed address, and waits until it is live. */
  async enter(): Promise<void> {
    await this.page.goto(this.address);
    await this.page.getByText('live').first().waitFor();
  }

  async up(): Promise<void> {
    this.service = await this.machine.up('--port', String(this.port)).ready();
  }

  async down(): Promise<void> {
    this.service.process.kill('SIGTERM');
    await this.service.ended;
  }

  /** Complaints of the browser that a test has asked for. */
  expectComplaint(what: RegExp): void {
    this.problems.splice(0, this.problems.length, ...this.problems.filter((problem) => !what.test(problem)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser?.close();
    await this.machine[Symbol.asyncDispose]();
  }
}

export function deployment(name: string, replicas: number, annotations: Record<string, string> = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'nginx', image: 'nginx:1.14.2' }] },
      },
    },
  };
}

export function deploymentsIn(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments`;
}
