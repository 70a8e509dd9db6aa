/**
 * The limits of a cluster that is made of another, or of a file: rows are copied past the API, which would count them. A
 * copy that holds more than the account's kind may have is refused before it is a cluster.
 */

import { isSimulatedText } from '../../wire/nodes.ts';
import type { Quota } from '../../wire/quota.ts';
import type { SqlPort } from '../store/sql/port.ts';

const OBJECTS = 'SELECT count(*) AS count FROM current WHERE revision > 0';
const NODES = `SELECT log.text AS text FROM current JOIN log ON log.revision = current.revision
  WHERE current.key > 'nodes/' AND current.key < 'nodes0'`;

/** The sentence about what there is too much of. Machines do not come along, so their Nodes are not counted. */
export function beyondLimits(sql: SqlPort, { bytes, objects, nodes }: Quota): string | undefined {
  if (bytes > 0 && sql.size() > bytes) return TOO_LARGE;
  const { count = 0 } = sql.first<{ count: number }>(OBJECTS) ?? {};
  if (objects > 0 && count > objects) return tooMany(count, objects, 'objects');
  const simulated = nodes > 0 ? countNodes(sql) : 0;
  return simulated > nodes ? tooMany(simulated, nodes, 'nodes') : undefined;
}

const TOO_LARGE = 'it holds more than a cluster of this account may store';

function countNodes(sql: SqlPort): number {
  let count = 0;
  for (const { text } of sql.query<{ text: string }>(NODES)) if (isSimulatedText(text)) count++;
  return count;
}

function tooMany(count: number, limit: number, what: string): string {
  return `it has ${count} ${what}, and a cluster of this account may have ${limit}`;
}
