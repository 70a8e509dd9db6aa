import { expect, test } from 'vitest';
import { type End, Session } from './session.ts';

class FakeEnd implements End {
  sent: (string | Uint8Array)[] = [];
  closed: number | undefined;
  accepted = false;
  accept() {
    this.accepted = true;
  }
  send(data: string | Uint8Array) {
    this.sent.push(data);
  }
  close(code?: number) {
    this.closed = code;
  }
}

function session() {
  const timers: (() => void)[] = [];
  const ends = [new FakeEnd(), new FakeEnd()] as const;
  const made = new Session<FakeEnd>({ pair: () => ends, after: (_, run) => void timers.push(run) });
  return { made, ends, fire: () => timers.splice(0).forEach((run) => void run()) };
}

const INTRODUCTION = { session: 's', ticket: 'right', kind: 'exec', protocol: 'v5.channel.k8s.io' } as const;

test('Client and agent get the two ends of one pair, in either order', async () => {
  for (const agentFirst of [true, false]) {
    const { made, ends } = session();
    const early = agentFirst ? made.agent('right') : undefined;
    expect(made.client(INTRODUCTION)).toEqual({ ok: true, end: ends[0], protocol: 'v5.channel.k8s.io' });
    expect(await (early ?? made.agent('right'))).toEqual({ ok: true, end: ends[1], protocol: 'islet.stream.v1' });
    expect(ends.some((end) => end.accepted)).toBe(false);
  }
});

test('A ticket opens its session once, and only the right one does', async () => {
  const { made } = session();
  const early = made.agent('wrong');
  made.client(INTRODUCTION);
  expect(await early).toMatchObject({ ok: false, code: 403 });
  expect(await made.agent('right')).toMatchObject({ ok: true });
  expect(await made.agent('right')).toMatchObject({ ok: false, code: 410 });
  expect(made.client(INTRODUCTION)).toMatchObject({ ok: false, code: 409 });
});

test('A client whose agent never comes gets a Status on the error channel, and an abnormal end', async () => {
  const { made, ends, fire } = session();
  made.client(INTRODUCTION);
  fire();
  const frame = ends[1].sent[0] as Uint8Array;
  expect(frame[0]).toBe(3);
  expect(JSON.parse(new TextDecoder().decode(frame.subarray(1)))).toMatchObject({ status: 'Failure', code: 500 });
  expect(ends[1].closed).toBe(1011);
  expect(await made.agent('right')).toMatchObject({ ok: false, code: 410 });
});

test('An agent that was sent away before the client came is not waited for', async () => {
  const { made, ends, fire } = session();
  const early = made.agent('right');
  fire();
  expect(await early).toMatchObject({ ok: false, code: 410 });
  made.client(INTRODUCTION);
  fire();
  expect(ends[1].closed).toBe(1011);
});
