/** Equal small values are kept once: a thousand pods of one ReplicaSet share their labels and owner. */
export class Interner {
  private readonly kept = new Map<string, unknown>();
  private readonly most: number;

  constructor(most = 5000) {
    this.most = most;
  }

  text(value: string): string {
    const kept = this.kept.get(value);
    if (typeof kept === 'string') return kept;
    this.remember(value, value);
    return value;
  }

  value<T extends object>(value: T): T {
    const id = `\u0000${JSON.stringify(value)}`;
    const kept = this.kept.get(id);
    if (kept !== undefined) return kept as T;
    this.remember(id, value);
    return value;
  }

  private remember(id: string, value: unknown): void {
    if (this.kept.size > this.most) this.kept.clear();
    this.kept.set(id, value);
  }
}
