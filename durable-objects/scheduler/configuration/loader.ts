/**
 * The configuration that is kept in the cluster: `config.yaml` of the ConfigMap kube-scheduler in kube-system. One that
 * is wrong is told of once, and the last good one stays, also over evictions: a note keeps it.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { NotePort } from '../../controllers/runtime/ports.ts';
import type { ObservedState } from '../../follow/follower-ports.ts';
import { ConfigurationError } from './decode.ts';
import { DEFAULT_SETTINGS, parseSettings, type Settings } from './settings.ts';

export const CONFIGURATION_KEY = keyOf('configmaps', 'kube-system', 'kube-scheduler');
const FILE = 'config.yaml';
const NOTE = 'scheduler/configuration';

/** An event about the ConfigMap. */
export interface Told {
  type: 'Normal' | 'Warning';
  reason: 'ConfigurationApplied' | 'InvalidConfiguration';
  message: string;
}

interface Kept {
  /** The text of the last good configuration; left out where it is the default. */
  good?: string;
  /** The revision of the ConfigMap whose fault has been told. */
  told?: number;
}

export interface Taken {
  settings: Settings;
  told?: Told;
}

export class ConfigurationLoader {
  readonly #notes: NotePort | undefined;
  #kept: Kept = {};
  /** One text gives the same settings, so that changes of the rest of the ConfigMap are none of the configuration. */
  #read: { text: string; settings: Settings } | undefined;

  constructor(notes: NotePort | undefined) {
    this.#notes = notes;
  }

  /** Takes in the ConfigMap, as it was found or changed. */
  take({ gone, revision, object }: Pick<ObservedState, 'gone' | 'revision' | 'object'>): Taken {
    const kept = this.#before();
    const text = gone ? undefined : textOf(object());
    if (text === undefined) {
      this.#keep(kept, {});
      return { settings: DEFAULT_SETTINGS };
    }
    try {
      const settings = this.#parse(text);
      this.#keep(kept, { good: text });
      if (kept.good === text) return { settings };
      const profiles = [...settings.profiles.keys()].join(', ');
      return { settings, told: { type: 'Normal', reason: 'ConfigurationApplied', message: `Profiles: ${profiles}` } };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      this.#keep(kept, { ...kept, told: revision });
      const settings = this.#parseOrDefault(kept.good);
      if (kept.told === revision) return { settings };
      const message = `${error.message}; the ${kept.good === undefined ? 'default' : 'last'} configuration stays`;
      return { settings, told: { type: 'Warning', reason: 'InvalidConfiguration', message } };
    }
  }

  /** As it was left by the last ConfigMap that was taken in, in this life of the object or in an earlier one. */
  stored(): Settings {
    return this.#parseOrDefault(this.#before().good);
  }

  #parse(text: string): Settings {
    if (this.#read?.text !== text) this.#read = { text, settings: parseSettings(text) };
    return this.#read.settings;
  }

  /** Another build may refuse what was good before. */
  #parseOrDefault(text: string | undefined): Settings {
    try {
      return text === undefined ? DEFAULT_SETTINGS : this.#parse(text);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return DEFAULT_SETTINGS;
    }
  }

  #before(): Kept {
    const note = this.#notes?.read(NOTE);
    return note === undefined ? this.#kept : JSON.parse(note);
  }

  #keep(before: Kept, after: Kept): void {
    this.#kept = after;
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#notes?.write(NOTE, JSON.stringify(after));
  }
}

function textOf(map: KubeObject): string | undefined {
  return (map as { data?: Record<string, string> }).data?.[FILE];
}
