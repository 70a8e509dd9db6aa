/** A set of texts that forgets the oldest, so that it stays small. */
export class RecentSet {
  private readonly kept = new Set<string>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  has(text: string): boolean {
    return this.kept.has(text);
  }

  add(text: string): void {
    this.kept.add(text);
    if (this.kept.size > this.most) for (const oldest of this.kept) return void this.kept.delete(oldest);
  }
}
