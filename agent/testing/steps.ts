/** The calls of one run of the agent. At each of them a test may make the call fail, or end the run. */

export interface Crash {
  /** At this call, counted from 1. */
  at: number;
  /** `before`: the call never arrives. `after`: it takes effect, and its answer never arrives. */
  when: 'before' | 'after';
}

export class Steps {
  /** Names of the calls so far: `runtime startContainer web-0`, `api PATCH /api/v1/…`. */
  readonly calls: string[] = [];
  /** Asked at each call: what is returned is thrown, and what it promises is awaited. */
  fault: (call: string) => Error | Promise<void> | undefined = () => undefined;
  #crash: Crash | undefined;
  #onCrash: () => void = () => {};
  #dead = false;

  crashAt(crash: Crash, onCrash: () => void): void {
    this.#crash = crash;
    this.#onCrash = onCrash;
  }

  /** From now on no call arrives, and none is answered. */
  sever(): void {
    this.#dead = true;
  }

  async run<T>(call: string, effect: () => T | Promise<T>): Promise<T> {
    if (this.#dead) return never();
    const number = this.calls.push(call);
    const crashes = (when: Crash['when']) => this.#crash?.at === number && this.#crash.when === when;
    if (crashes('before')) return this.#crashNow();
    const fault = this.fault(call);
    await fault;
    if (fault instanceof Error) throw fault;
    if (this.#dead) return never();
    const result = await effect();
    if (crashes('after')) return this.#crashNow();
    return this.#dead ? never() : result;
  }

  #crashNow(): Promise<never> {
    this.sever();
    this.#onCrash();
    return never();
  }
}

const never = (): Promise<never> => new Promise(() => {});
