import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateFiles } from './paths.ts';
import { readService, serviceAt, writeService } from './service-file.ts';

test('a sign-in that another takes the place of is kept, and found by its address', () => {
  const folder = mkdtempSync(join(tmpdir(), 'islet-service-'));
  const service = (server: string, token: string) => ({ server, dashboard: server, account: 'default', token });
  const deployed = service('https://islet.example.com', 'd');
  writeService(folder, service('https://127.0.0.1:7443', 'a'));
  writeService(folder, deployed);
  writeService(folder, service('https://127.0.0.1:9000', 'b'));
  expect(readService(folder).token).toBe('b');
  expect(serviceAt(folder, 'https://islet.example.com')).toEqual(deployed);
  writeService(folder, deployed);
  expect(serviceAt(folder, 'https://127.0.0.1:1')?.token).toBe('b');
  expect(serviceAt(folder, 'https://other.example.com')).toBeUndefined();
  expect(statSync(stateFiles(folder).formerServices).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});
