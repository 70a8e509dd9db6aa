import { expect, test } from 'vitest';
import { coarseTimers, REQUEST_TIMEOUT_MS, requestTimeout, timeoutProblem, withinTimeout } from './request-timeout.ts';

test.each([
  undefined,
  '',
  '0',
  '-5s',
  '5m',
  '100h',
  '1.5h',
  '.5s',
  '1.s',
  '1us',
  '1µs',
  '1h1m1s',
  '9223372036854775807ns',
  '-9223372036854775808ns',
  '2562047h47m16.854775807s',
  '1.00000000000000000000000001s',
])('%s is a timeout', (value) => {
  expect(timeoutProblem(value)).toBeUndefined();
});

test.each([
  ['1.5s', 1500],
  ['1m', REQUEST_TIMEOUT_MS],
  ['59s', 59_000],
  ['2h', REQUEST_TIMEOUT_MS],
  ['0s', REQUEST_TIMEOUT_MS],
  ['-5s', REQUEST_TIMEOUT_MS],
  ['x', REQUEST_TIMEOUT_MS],
  [undefined, REQUEST_TIMEOUT_MS],
])('a request with the timeout %s may take %i ms', (value, milliseconds) => {
  expect(requestTimeout(value)).toBe(milliseconds);
});

/** As kube-apiserver 1.36 answered. */
test.each([
  ['invalid', 'invalid duration "invalid"'],
  ['-', 'invalid duration "-"'],
  ['.', 'invalid duration "."'],
  ['s', 'invalid duration "s"'],
  [' 5s', 'invalid duration " 5s"'],
  ['5', 'missing unit in duration "5"'],
  ['00', 'missing unit in duration "00"'],
  ['1s1', 'missing unit in duration "1s1"'],
  ['1.2.3s', 'missing unit in duration "1.2.3s"'],
  ['9223372036854775808', 'missing unit in duration "9223372036854775808"'],
  ['99999999999999999999', 'invalid duration "99999999999999999999"'],
  ['1d', 'unknown unit "d" in duration "1d"'],
  ['1e3', 'unknown unit "e" in duration "1e3"'],
  ['1h-1m', 'unknown unit "h-" in duration "1h-1m"'],
  ['9999999999999s', 'invalid duration "9999999999999s"'],
  ['9223372036854775808ns', 'invalid duration "9223372036854775808ns"'],
  ['2562047h47m16.854775808s', 'invalid duration "2562047h47m16.854775808s"'],
  ['"', 'invalid duration "\\""'],
  ['a\nb', 'invalid duration "a\\x0ab"'],
  ['1\u0085', 'unknown unit "\\xc2\\x85" in duration "1\\xc2\\x85"'],
  ['é\x7f', 'invalid duration "\\xc3\\xa9\x7f"'],
])('%j is none', (value, why) => {
  expect(timeoutProblem(value)).toBe(`invalid timeout specified in the request URL - time: ${why}`);
});

test('work that takes longer than a request may comes to nothing, and its failure after that is no unhandled one', async () => {
  const timers: { milliseconds: number; run: () => void }[] = [];
  let cancelled = 0;
  const after = (milliseconds: number, run: () => void) => {
    timers.push({ milliseconds, run });
    return () => void cancelled++;
  };
  expect(await withinTimeout(Promise.resolve('done'), after)).toBe('done');
  const { promise, reject } = Promise.withResolvers<string>();
  const late = withinTimeout(promise, after);
  expect([timers[1]?.milliseconds, cancelled]).toEqual([REQUEST_TIMEOUT_MS, 1]);
  timers[1]?.run();
  expect([await late, cancelled]).toEqual([undefined, 2]);
  reject(new Error('the client has left'));
  await expect(withinTimeout(Promise.reject(new Error('broken')), after)).rejects.toThrow('broken');
});

test('all timers share one of the runtime’s, which stops once none is set', () => {
  let time = 0;
  const started: (() => void)[] = [];
  const after = coarseTimers({ now: () => time, start: (_, run) => void started.push(run) });
  const rang: string[] = [];
  const look = (at: number) => {
    time = at;
    for (const run of started.splice(0)) run();
  };
  after(1500, () => rang.push('first'));
  const cancel = after(1500, () => rang.push('cancelled'));
  after(5000, () => rang.push('last'));
  cancel();
  expect(started).toHaveLength(1);
  look(1000);
  expect(rang).toEqual([]);
  look(2000);
  expect(rang).toEqual(['first']);
  look(6000);
  expect([rang, started]).toEqual([['first', 'last'], []]);
  after(1, () => rang.push('again'));
  expect(started).toHaveLength(1);
});
