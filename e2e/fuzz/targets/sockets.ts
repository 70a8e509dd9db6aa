import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { type ClientSocket, serveRemoteCommand } from '../../../agent/streams/remote-command.ts';
import { controlOf } from '../../../agent/streams/window.ts';
import { StreamReader } from '../../../wire/stream-reader.ts';
import { target, timed } from '../target.ts';

const control = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc
    .record(
      {
        type: fc.constantFrom('start', 'credit', 'fail', 'end', 'request', 'x', null),
        bytes: fc.constantFrom<unknown>(1, -1, 1e300, 'x', null),
        head: fc.oneof(fc.record({ status: fc.integer(), headers: fc.jsonValue() }), fc.jsonValue({ maxDepth: 1 })),
        status: fc.oneof(
          fc.dictionary(fc.constantFrom('message', 'code', 'reason', 'details'), fc.jsonValue({ maxDepth: 1 }), {
            noNullPrototype: true,
          }),
          fc.jsonValue({ maxDepth: 1 }),
        ),
      },
      { requiredKeys: ['type'] },
    )
    .map((value) => JSON.stringify(value)),
);
const chunk = fc.oneof(
  fc.uint8Array({ maxLength: 30 }),
  fc
    .tuple(fc.constantFrom(0, 1, 2, 3, 4, 255), fc.oneof(fc.json({ maxDepth: 2 }), fc.constantFrom('', '\u0000')))
    .map(([channel, text]) => new Uint8Array([channel, ...new TextEncoder().encode(text)])),
  fc.constant('{"Width":80,"Height":24}').map((text) => new Uint8Array([4, ...new TextEncoder().encode(text)])),
);

type Listener = (event: never) => void;

/** Reads what an agent sends, to its end; the bytes that it held are all let go of. */
async function readAnswer(messages: readonly (string | Uint8Array)[], code: number): Promise<void> {
  const listeners = new Map<string, Listener>();
  let held = 0;
  const socket = {
    send: () => {},
    close: () => {},
    addEventListener: (type: string, listener: Listener) => void listeners.set(type, listener),
  };
  const memory = {
    grow: (size: number): void => {
      held += size;
    },
    shrink: (size: number): void => {
      held -= size;
    },
    close: () => {},
  };
  const reader = new StreamReader(socket, memory, 'answer');
  const opening = reader.open();
  const emit = (type: string, event: object): void => listeners.get(type)?.(event as never);
  for (const message of messages)
    emit('message', { data: typeof message === 'string' ? message : message.slice().buffer });
  emit('close', { code, reason: '' });
  const opened = await opening;
  // A body that breaks off is an error of its reader, which is told.
  if (opened.ok) await new Response(opened.body).arrayBuffer().catch(() => {});
  else if (typeof opened.status.message !== 'string') throw new TypeError('a refusal without words');
  if (opened.ok && held !== 0) throw new Error(`${held} bytes are still held`);
}

/** A command whose client sends any frames: its streams end with it. */
async function runCommand(messages: readonly Uint8Array[]): Promise<void> {
  let hear: ((data: Buffer, isBinary: boolean) => void) | undefined;
  const closed: number[] = [];
  const client: ClientSocket = {
    bufferedAmount: 0,
    send: (_data, done) => done?.(),
    close: (code = 1000) => void closed.push(code),
    pause: () => {},
    resume: () => {},
    on: (_event, listener) => (hear = listener),
  };
  const stdin = new PassThrough().resume();
  const sizes: number[] = [];
  const ended = Promise.withResolvers<{ exitCode: number; message: string }>();
  const served = serveRemoteCommand(client, {
    stdin,
    stdout: new PassThrough().end('x'),
    stderr: undefined,
    resize: (width: number, height: number) => void sizes.push(width, height),
    ended: ended.promise,
  } as unknown as Parameters<typeof serveRemoteCommand>[1]);
  for (const message of messages) hear?.(Buffer.from(message), true);
  ended.resolve({ exitCode: 0, message: '' });
  await served;
  if (closed.join() !== '1000') throw new Error(`closed with ${closed}`);
  if (sizes.some((size) => !(size > 0))) throw new Error(`resized to ${sizes}`);
}

export const sockets = target({
  name: 'sockets',
  about: 'frames of exec, logs and proxied answers on WebSockets, from agents and from clients',
  quickRuns: 200,
  input: fc.record({
    answer: fc.array(fc.oneof(control, chunk), { maxLength: 8 }),
    input: fc.array(chunk, { maxLength: 8 }),
    code: fc.constantFrom(1000, 1006, 1011),
  }),
  open: (limits) => ({
    attempt: ({ answer, input, code }) =>
      timed(limits, async () => {
        for (const message of answer) if (typeof message === 'string') controlOf(message);
        await readAnswer(answer, code);
        await runCommand(input);
      }),
  }),
});
