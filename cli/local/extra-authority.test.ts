import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority, issueServer } from './certificates.ts';
import { extraAuthority } from './extra-authority.ts';

test('an authority is named in kubeconfigs only where the service has its certificate from it', async () => {
  const [own, other] = await Promise.all([createAuthority(Date.now()), createAuthority(Date.now())]);
  const { certificate, key } = await issueServer(own, ['127.0.0.1'], Date.now());
  const server = createServer({ cert: certificate, key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'islet-authority-'));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const named = (text: string, url = address): Promise<string | undefined> => {
    writeFileSync(join(folder, 'ca.crt'), text);
    return extraAuthority(url, join(folder, 'ca.crt'));
  };
  expect(await named(own.certificate)).toBe(own.certificate);
  expect(await named(other.certificate)).toBeUndefined();
  expect(await named(own.certificate, 'http://localhost:1')).toBeUndefined();
  expect(await extraAuthority(address, join(folder, 'none'))).toBeUndefined();
  expect(await extraAuthority(address, '')).toBeUndefined();
});
