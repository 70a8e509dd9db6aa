/** A piece of work that is done soon after it is asked for, once at a time: asked for while it runs, it runs again. */
export class SerialTask {
  private readonly run: () => Promise<void>;
  private readonly defer: (run: () => void, ms: number) => void;
  private isAsked = false;
  private isRunning = false;
  private isWaiting = false;

  /** `run` does not reject. */
  constructor(run: () => Promise<void>, defer: (run: () => void, ms: number) => void) {
    this.run = run;
    this.defer = defer;
  }

  request(): void {
    if (this.isAsked) return;
    this.isAsked = true;
    if (!this.isRunning) this.defer(() => void this.start(), 0);
  }

  /** Asks for it after some milliseconds, unless it waits for such a time already. */
  requestLater(ms: number): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.defer(() => {
      this.isWaiting = false;
      this.request();
    }, ms);
  }

  private async start(): Promise<void> {
    this.isAsked = false;
    this.isRunning = true;
    await this.run();
    this.isRunning = false;
    if (this.isAsked) this.defer(() => void this.start(), 0);
  }
}
