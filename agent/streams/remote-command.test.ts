import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { type ClientSocket, serveRemoteCommand } from './remote-command.ts';

test.each(['destroy', 'end'] as const)(
  'a client whose input is at an end (%s) is read on, so that its end is seen',
  async (how) => {
    const stdin = new PassThrough({ highWaterMark: 1 });
    let paused = false;
    let receive = (_: Buffer): void => {};
    const client: ClientSocket = {
      bufferedAmount: 0,
      send: () => {},
      close: () => {},
      pause: () => {
        paused = true;
      },
      resume: () => {
        paused = false;
      },
      on: (_, listener) => {
        receive = (data) => listener(data, true);
      },
    };
    void serveRemoteCommand(client, { stdin, resize: () => {}, ended: new Promise(() => {}) } as never);
    receive(Buffer.from('\0more than fits'));
    expect(paused).toBe(true);
    stdin[how]();
    stdin.resume();
    await expect.poll(() => paused).toBe(false);
  },
);
