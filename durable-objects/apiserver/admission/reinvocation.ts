/**
 * A second round of mutating plugins, once one that the cluster configures has changed the object, and which of these
 * are asked in it (apiserver `pkg/admission/reinvocation.go`, `plugin/webhook/mutating/reinvocationcontext.go`).
 */
import type { Attributes } from './attributes.ts';

export class Reinvocation {
  isSecond = false;
  isWanted = false;
  readonly #rounds = new Map<string, Rounds>();

  rounds(plugin: string): Rounds {
    let rounds = this.#rounds.get(plugin);
    if (!rounds) {
      rounds = new Rounds(this);
      this.#rounds.set(plugin, rounds);
    }
    return rounds;
  }
}

/** The hooks of one plugin that were asked, and those to be asked again, by their ids. */
class Rounds {
  readonly #reinvocation: Reinvocation;
  readonly #again = new Set<string>();
  #asked = new Set<string>();
  /** The object as the plugin left it. */
  #left: string | undefined;

  constructor(reinvocation: Reinvocation) {
    this.#reinvocation = reinvocation;
  }

  /** Where other plugins have changed the object since, all that wish to be asked again are. */
  begin({ object }: Attributes): void {
    if (this.#reinvocation.isSecond && this.#left !== JSON.stringify(object)) this.#repeat();
  }

  end({ object }: Attributes): void {
    this.#left = JSON.stringify(object);
  }

  mayAsk(id: string): boolean {
    return !this.#reinvocation.isSecond || this.#again.has(id);
  }

  /** A hook has changed the object. */
  changed(): void {
    this.#repeat();
    this.#reinvocation.isWanted = true;
  }

  /** A hook was asked that wishes to be asked again after changes. */
  asked(id: string): void {
    this.#asked.add(id);
  }

  #repeat(): void {
    for (const id of this.#asked) this.#again.add(id);
    this.#asked = new Set();
  }
}

/** Whether mutating plugins are to run again; said once. */
export function isSecondRoundDue({ reinvocation }: Attributes): boolean {
  if (!reinvocation?.isWanted || reinvocation.isSecond) return false;
  reinvocation.isSecond = true;
  return true;
}
