/** Admission webhooks that listen on this machine with a certificate of an authority of their own. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, issueServer, type KeyPairPem } from '../../cli/local/certificates.ts';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

interface Review {
  request: { uid: string; object: { metadata: { labels?: Record<string, string> } } };
}

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

/** `/label` adds a label, `/deny` denies what has it not, `/slow` does not answer. */
function answer(path: string, { request }: Review): object | undefined {
  const { uid, object } = request;
  if (path === '/slow') return undefined;
  if (path === '/deny') {
    const allowed = object.metadata.labels?.team === 'a';
    return { uid, allowed, status: { message: 'a team is wanted' }, warnings: ['seen'] };
  }
  const patch = [{ op: 'add', path: '/metadata/labels', value: { ...object.metadata.labels, team: 'a' } }];
  return { uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

async function serve({ certificate: cert, key }: KeyPairPem): Promise<{ server: Server; port: number }> {
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = new URL(request.url ?? '', 'https://x').pathname;
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const result = answer(path, review);
      if (result) response.end(JSON.stringify({ ...review, request: undefined, response: result }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function configuration(kind: string, name: string, url: string, ca: string, more: object = {}): string {
  return JSON.stringify({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        ...more,
      },
    ],
  });
}

describe.skipIf('skip' in found)('admission webhooks', () => {
  let kubectl: Kubectl;
  let hooks: { server: Server; port: number };
  let ca: string;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    const authority = await createAuthority(Date.now());
    ca = authority.certificate;
    hooks = await serve(await issueServer(authority, ['127.0.0.1'], Date.now()));
  });
  afterAll(async () => {
    hooks?.server.close();
    hooks?.server.closeAllConnections();
    await kubectl?.[Symbol.asyncDispose]();
  });
  const url = (path: string): string => `https://127.0.0.1:${hooks.port}${path}`;

  test('a validating webhook denies an object until a mutating one has changed it', async () => {
    await kubectl.ok('apply -f -', configuration('ValidatingWebhookConfiguration', 'deny', url('/deny'), ca));
    const refused = await kubectl.fails('create configmap a');
    expect(refused).toContain('admission webhook "deny.example.com" denied the request: a team is wanted');
    expect(refused).toContain('Warning: seen');
    await kubectl.ok('apply -f -', configuration('MutatingWebhookConfiguration', 'label', url('/label'), ca));
    await kubectl.ok('create configmap a');
    expect(await kubectl.ok('get configmap a -o jsonpath={.metadata.labels.team}')).toBe('a');
    await kubectl.ok('delete mutatingwebhookconfiguration/label validatingwebhookconfiguration/deny');
  });

  test('a webhook that cannot be reached is named with the reason', async () => {
    const other = (await createAuthority(Date.now())).certificate;
    const failure = async (at: string, authority: string, more: object = {}): Promise<string> => {
      await kubectl.ok('apply -f -', configuration('ValidatingWebhookConfiguration', 'x', at, authority, more));
      return kubectl.fails('create configmap b');
    };
    const called = 'Internal error occurred: failed calling webhook "x.example.com": failed to call webhook: Post ';
    expect(await failure(url('/deny'), other)).toContain(
      `${called}"${url('/deny')}?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
    expect(await failure('https://127.0.0.1:1/', ca)).toContain('dial tcp 127.0.0.1:1: connect: connection refused');
    expect(await failure(url('/slow'), ca, { timeoutSeconds: 1 })).toContain('context deadline exceeded');
    await kubectl.ok(
      'apply -f -',
      configuration('ValidatingWebhookConfiguration', 'x', url('/slow'), ca, {
        timeoutSeconds: 1,
        failurePolicy: 'Ignore',
      }),
    );
    await kubectl.ok('create configmap b');
  });
});
