/**
 * An extender over HTTP that both schedulers ask, each under a path of its own. What it answers about a pod is set
 * before; what it was asked is kept.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../mutations.ts';

/** The answer of one extender about a pod. */
export interface Rule {
  /** Nodes with the reason why not. */
  failed?: Record<string, string>;
  unresolvable?: Record<string, string>;
  /** Nodes that are left out without a word. */
  dropped?: string[];
  /** Nodes that are named although they were not asked about. */
  added?: string[];
  scores?: Record<string, number>;
  /** Nodes on which room may be made; the victims as they were proposed, or none. */
  preempt?: Record<string, 'same' | 'none' | 'stranger'>;
  error?: string;
  status?: number;
  text?: string;
  hangs?: boolean;
}

export interface Asked {
  side: string;
  extender: string;
  verb: string;
  body: Json;
}

export interface ExtenderServer {
  port: number;
  asked: Asked[];
  /** By pod and extender. */
  rules: Map<string, Record<string, Rule>>;
  stop(): void;
}

export type Bind = (side: string, args: Json) => Promise<void>;

export async function startExtenderServer(bind: Bind): Promise<ExtenderServer> {
  const asked: Asked[] = [];
  const rules: ExtenderServer['rules'] = new Map();
  const server = createServer(async (request, response) => {
    const [, side = '', extender = '', verb = ''] = (request.url ?? '').split('/');
    const body = JSON.parse(await textOf(request));
    asked.push({ side, extender, verb, body });
    const rule = rules.get(body.PodName ?? body.Pod.metadata.name)?.[extender] ?? {};
    if (rule.hangs) return;
    if (rule.status) return void response.writeHead(rule.status).end(rule.text ?? '{}');
    if (rule.text !== undefined) return void response.end(rule.text);
    if (verb === 'bind' && !rule.error) await bind(side, body);
    response.end(JSON.stringify(answerOf(verb, body, rule)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port, asked, rules, stop };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function answerOf(verb: string, body: Json, rule: Rule): Json {
  if (verb === 'bind') return rule.error ? { Error: rule.error } : {};
  if (verb === 'prioritize') return Object.entries(rule.scores ?? {}).map(([Host, Score]) => ({ Host, Score }));
  if (verb === 'preempt') return { NodeNameToMetaVictims: victimsOf(body, rule) };
  if (rule.error) return { Error: rule.error };
  const { failed = {}, unresolvable = {}, dropped = [], added = [] } = rule;
  const isLeft = (name: string) => !(name in failed || name in unresolvable || dropped.includes(name));
  const passed = body.NodeNames
    ? { NodeNames: [...body.NodeNames.filter(isLeft), ...added] }
    : { Nodes: { items: body.Nodes.items.filter(({ metadata }: Json) => isLeft(metadata.name)) } };
  return { ...passed, FailedNodes: failed, FailedAndUnresolvableNodes: unresolvable };
}

function victimsOf(body: Json, { preempt }: Rule): Json {
  const proposed: Json = body.NodeNameToMetaVictims ?? {};
  for (const [node, { Pods, NumPDBViolations }] of Object.entries<Json>(body.NodeNameToVictims ?? {})) {
    proposed[node] = { Pods: Pods.map(({ metadata }: Json) => ({ UID: metadata.uid })), NumPDBViolations };
  }
  if (!preempt) return proposed;
  const made = (node: string, what: string): Json =>
    what === 'same' ? proposed[node] : { Pods: what === 'none' ? [] : [{ UID: 'stranger' }], NumPDBViolations: 0 };
  return Object.fromEntries(Object.entries(preempt).map(([node, what]) => [node, made(node, what)]));
}
