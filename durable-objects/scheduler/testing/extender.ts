/** An extender in memory: it is told what to answer, and keeps what it was asked. */
import type { ExtenderCall } from '../extenders/client.ts';

export interface Asked {
  verb: string;
  body: {
    Pod: { metadata: { name: string } };
    Nodes: { items: { metadata: { name: string } }[] } | null;
    NodeNames: string[] | null;
    NodeNameToVictims: Record<string, { Pods: { metadata: { name: string } }[]; NumPDBViolations: number }> | null;
    NodeNameToMetaVictims: Record<string, { Pods: { UID: string }[]; NumPDBViolations: number }> | null;
  } & Record<string, unknown>;
}

/** The body of an answer; a number is a status without a body. */
export type Reply = (asked: Asked) => unknown | Promise<unknown>;

export function extender(reply: Reply): { call: ExtenderCall; asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    call: async ({ url, body }) => {
      const one = { verb: url.slice(url.lastIndexOf('/') + 1), body: JSON.parse(body) };
      asked.push(one);
      const answer = await reply(one);
      return typeof answer === 'number' ? { status: answer, body: '' } : { status: 200, body: JSON.stringify(answer) };
    },
  };
}

/** The names of the nodes that an extender was asked about. */
export function nodesOf({ body }: Asked): string[] {
  return body.NodeNames ?? body.Nodes?.items.map(({ metadata }) => metadata.name) ?? [];
}
