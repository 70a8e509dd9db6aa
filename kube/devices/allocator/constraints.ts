/** Constraints on the devices of a claim (`matchAttributeConstraint`, `distinctAttributeConstraint`). */
import type { Attribute, Constraint, Device } from '../types.ts';

/** A device that is tried for a request, or for an alternative of one. */
export interface Candidate {
  request: string;
  /** The alternative's name; '' for none. */
  alternative: string;
  driver: string;
  device: Device;
}

/** Once a device does not fit, no further one makes it fit. */
export interface DeviceConstraint {
  /** Whether the candidate fits; it is then counted. */
  add(candidate: Candidate): boolean;
  /** Of a candidate that was counted. */
  remove(candidate: Candidate): void;
}

export function constraintOf({
  requests = [],
  matchAttribute,
  distinctAttribute,
}: Constraint): DeviceConstraint | undefined {
  const names = new Set(requests);
  const concerns = ({ request, alternative }: Candidate): boolean =>
    names.size === 0 || names.has(request) || (alternative !== '' && names.has(`${request}/${alternative}`));
  if (matchAttribute !== undefined) return ofConcerned(concerns, new Match(matchAttribute));
  return distinctAttribute === undefined ? undefined : ofConcerned(concerns, new Distinct(distinctAttribute));
}

function ofConcerned(concerns: (candidate: Candidate) => boolean, inner: DeviceConstraint): DeviceConstraint {
  return {
    add: (candidate) => !concerns(candidate) || inner.add(candidate),
    remove(candidate) {
      if (concerns(candidate)) inner.remove(candidate);
    },
  };
}

/** The value with its type, by which values are compared. */
function attributeOf(attribute: string, { driver, device: { attributes = {} } }: Candidate): string | undefined {
  const slash = attribute.indexOf('/');
  const own = slash >= 0 && attribute.slice(0, slash) === driver ? attribute.slice(slash + 1) : undefined;
  const name = [attribute, own].find((one) => one !== undefined && Object.hasOwn(attributes, one));
  const found = name === undefined ? undefined : attributes[name];
  return found && textOf(found);
}

function textOf({ string, int, bool, version }: Attribute): string {
  if (string !== undefined) return `s${string}`;
  if (int !== undefined) return `i${int}`;
  if (bool !== undefined) return `b${bool}`;
  return version === undefined ? '' : `v${version}`;
}

class Match implements DeviceConstraint {
  readonly #attribute: string;
  #value = '';
  #count = 0;

  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  add(candidate: Candidate): boolean {
    const value = attributeOf(this.#attribute, candidate);
    if (value === undefined) return false;
    if (this.#count === 0) this.#value = value;
    else if (value === '' || value !== this.#value) return false;
    this.#count++;
    return true;
  }

  remove(): void {
    this.#count--;
  }
}

/** Of a request with several devices upstream remembers the value of the last one alone. */
class Distinct implements DeviceConstraint {
  readonly #attribute: string;
  readonly #values = new Map<string, string>();
  #count = 0;

  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  add(candidate: Candidate): boolean {
    const value = attributeOf(this.#attribute, candidate);
    if (value === undefined) return false;
    if (this.#count > 0 && [...this.#values.values()].some((other) => value === '' || other === value)) return false;
    this.#values.set(candidate.request, value);
    this.#count++;
    return true;
  }

  remove({ request }: Candidate): void {
    this.#values.delete(request);
    this.#count--;
  }
}
