/**
 * The contract of every store, whatever lies under it. Run on `node:sqlite` here, and on a Durable Object's storage in
 * `e2e/workerd`; so nothing of Node's is imported.
 */
import { describe } from 'vitest';
import { commitContract } from './contract/commit.ts';
import { compactionContract } from './contract/compaction.ts';
import { copiesContract } from './contract/copies.ts';
import type { Harness } from './contract/harness.ts';
import { historyContract } from './contract/history.ts';
import { logContract } from './contract/log.ts';
import { modelContract } from './contract/model.ts';
import { quotaContract } from './contract/quota.ts';
import { readContract } from './contract/read.ts';
import { scanContract } from './contract/scan.ts';

export type { Harness } from './contract/harness.ts';

/** `withSql` runs a body with an empty database, and throws it away afterwards. */
export function storeContract(name: string, withSql: Harness): void {
  describe(`the store on ${name}`, () => {
    readContract(withSql);
    scanContract(withSql);
    commitContract(withSql);
    logContract(withSql);
    compactionContract(withSql);
    quotaContract(withSql);
    copiesContract(withSql);
    historyContract(withSql);
    modelContract(withSql);
  });
}
