/** Keeps the samples of one subject for as long as the page is open, and asks for more while they are looked at. */
import { signal } from '@preact/signals';
import { nextStep, type Situation } from './next-step.ts';
import { fill, GAP_MS, keep, type Sample } from './samples.ts';

export interface MeterPorts {
  ask(): Promise<Sample | undefined>;
  /** The others' knowledge of the hour before the sample. */
  before(sample: Sample): Promise<readonly Sample[]>;
  now(): number;
  situation(): Omit<Situation, 'answered'>;
}

export type Problem = Error | 'none';

export class Meter {
  readonly samples = signal<readonly Sample[]>([]);
  /** Why there is no sample of now; `none` where the answer was that nothing is measured. */
  readonly problem = signal<Problem | undefined>(undefined);
  /** Nothing is asked, since no person looks at the page. */
  readonly isPaused = signal(false);
  readonly #ports: MeterPorts;
  #answered: string | undefined;
  #asking = false;

  constructor(ports: MeterPorts) {
    this.#ports = ports;
  }

  async tick(): Promise<void> {
    const situation = this.#ports.situation();
    const step = nextStep({ ...situation, answered: this.#answered });
    this.isPaused.value = step === 'wait' && situation.isLive;
    if (step === 'hold') this.#hold();
    if (step !== 'ask' || this.#asking) return;
    this.#asking = true;
    try {
      const sample = await this.#ports.ask();
      this.#answered = situation.version;
      this.problem.value = sample ? undefined : 'none';
      if (sample) await this.#add(sample);
    } catch (error) {
      this.problem.value = error as Error;
      // An answer such as that there is no such pod stays the same until something changes; a failure does not.
      const { code = 0 } = error as { code?: number };
      this.#answered = code === 403 || code === 404 ? situation.version : undefined;
    } finally {
      this.#asking = false;
    }
  }

  async #add(sample: Sample): Promise<void> {
    const isUnseen = sample.at - (this.samples.value.at(-1)?.at ?? 0) > GAP_MS;
    this.samples.value = keep(this.samples.value, sample);
    if (!isUnseen) return;
    // Where nothing remembers it, there is a gap.
    const past = await this.#ports.before(sample).catch(() => []);
    this.samples.value = fill(this.samples.value, past);
  }

  #hold(): void {
    const last = this.samples.value.at(-1);
    if (last && !this.problem.value) this.samples.value = keep(this.samples.value, { ...last, at: this.#ports.now() });
  }
}
