import { expect, test } from 'vitest';
import { DEFAULT_EVICTION_HARD, parseEvictionHard } from './eviction-thresholds.ts';

const Mi = 1024 ** 2;

/** Bytes of memory and of disk at which a machine of 1000 Mi each comes under pressure. */
function bytesOf(text: string): { memory: number; disk: number } {
  const { memory, disk } = parseEvictionHard(text);
  return { memory: memory(1000 * Mi), disk: disk(1000 * Mi) };
}

test('thresholds are quantities of bytes or percentages of the capacity', () => {
  expect(bytesOf(DEFAULT_EVICTION_HARD)).toEqual({ memory: 100 * Mi, disk: 100 * Mi });
  expect(bytesOf(' memory.available < 2.5% , nodefs.available<1Gi,')).toEqual({ memory: 25 * Mi, disk: 1024 * Mi });
});

test('a signal without a threshold, or with one of 0% or 100%, puts no node under pressure', () => {
  expect(bytesOf('')).toEqual({ memory: 0, disk: 0 });
  expect(bytesOf('nodefs.available<0%')).toEqual({ memory: 0, disk: 0 });
  expect(bytesOf('nodefs.available<100%,memory.available<1Mi')).toEqual({ memory: Mi, disk: 0 });
});

test.each([
  ['nodefs.available', 'expected a signal, "<" and a value such as memory.available<100Mi, not "nodefs.available".'],
  ['a<1<2', 'expected a signal, "<" and a value such as memory.available<100Mi, not "a<1<2".'],
  ['toString<1Mi', 'expected memory.available or nodefs.available, not the signal "toString".'],
  ['nodefs.inodesFree<5%', 'expected memory.available or nodefs.available, not the signal "nodefs.inodesFree".'],
  ['nodefs.available<101%', 'expected 0% to 100% for nodefs.available, not "101%".'],
  ['nodefs.available<-1%', 'expected 0% to 100% for nodefs.available, not "-1%".'],
  ['memory.available<0', 'expected a positive quantity such as 100Mi, or a percentage, for memory.available, not "0".'],
  ['memory.available<x', 'expected a positive quantity such as 100Mi, or a percentage, for memory.available, not "x".'],
])('%s is refused with the allowed form', (text, message) => {
  expect(() => parseEvictionHard(text)).toThrow(message);
});
