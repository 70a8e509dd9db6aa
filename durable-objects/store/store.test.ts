import { storeContract } from './contract.ts';
import { openNodeSql } from './sql/node.ts';

storeContract('node:sqlite', async (body) => {
  const sql = openNodeSql();
  try {
    await body(sql);
  } finally {
    sql.close();
  }
});
