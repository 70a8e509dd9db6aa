/** A clock that only moves when nothing else is left to do, with `defer` and timer rows on it. */
import { setImmediate } from 'node:timers/promises';
import type { Clock, NotePort, TimerPort } from '../ports.ts';

export class VirtualTime implements Clock {
  private at: number;
  private waiting: { due: number; order: number; run: () => void }[] = [];
  private order = 0;

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.at = start;
  }

  now(): number {
    return this.at;
  }

  advance(ms: number): void {
    this.at += ms;
  }

  defer = (run: () => void, ms: number): void => {
    this.waiting.push({ due: this.at + ms, order: this.order++, run });
  };

  /** Runs the next thing that was deferred; false when there is none before `until`. */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    await setImmediate();
    this.waiting.sort((a, b) => a.due - b.due || a.order - b.order);
    const next = this.waiting[0];
    if (!next || next.due > until) return false;
    this.waiting.shift();
    this.at = Math.max(this.at, next.due);
    next.run();
    await setImmediate();
    return true;
  }

  /** Forgets everything deferred, as an eviction does. */
  drop(): void {
    this.waiting = [];
  }
}

export class MemoryTimers implements TimerPort {
  readonly rows = new Map<string, { due: number; payload: string }>();
  writes = 0;

  set(id: string, due: number, payload = ''): void {
    this.rows.set(id, { due, payload });
    this.writes++;
  }

  clear(id: string): void {
    if (this.rows.delete(id)) this.writes++;
  }

  get(id: string): { due: number; payload: string } | undefined {
    return this.rows.get(id);
  }

  takeDue(now: number, limit: number): { id: string; due: number; payload: string }[] {
    const due = [...this.rows].filter(([, row]) => row.due <= now).slice(0, limit);
    for (const [id] of due) this.rows.delete(id);
    return due.map(([id, row]) => ({ id, ...row }));
  }

  next(): number | undefined {
    const dues = [...this.rows.values()].map((row) => row.due);
    return dues.length > 0 ? Math.min(...dues) : undefined;
  }
}

export class MemoryNotes implements NotePort {
  readonly notes = new Map<string, string>();
  writes = 0;

  read(name: string): string | undefined {
    return this.notes.get(name);
  }

  write(name: string, value: string): void {
    this.notes.set(name, value);
    this.writes++;
  }
}
