/**
 * The page's texts, in English and Chinese. Each area has them beside it:
 * `export const t = messages({ en: { pods: { one: '{count} pod', other: '{count} pods' } }, zh: { pods: '{count} 个 Pod' } })`.
 * A component that calls `t` draws itself again when the language changes.
 */
import { effect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { kept } from '../api/kept.ts';

export type Locale = 'en' | 'zh';

/** `count` decides between the two forms. Chinese has one. */
type Message = string | { one: string; other: string };

type Places<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
type PlacesOf<M> = M extends string ? Places<M> : M extends { one: infer O; other: infer P } ? Places<O | P> : never;
type Arguments<M, Value> = [PlacesOf<M>] extends [never] ? [] : [values: Readonly<Record<PlacesOf<M>, Value>>];

export interface Translate<Texts> {
  <K extends keyof Texts>(key: K, ...values: Arguments<Texts[K], string | number>): string;
  /** The same in pieces, for elements in places: `t.parts('run', { line: <code>kubectl get pods</code> })`. */
  parts<K extends keyof Texts>(key: K, ...values: Arguments<Texts[K], ComponentChildren>): ComponentChildren[];
}

/** The language that is shown: the one chosen, or else the browser's. */
export const locale = kept<Locale>(
  'locale',
  (text) => (text === 'en' || text === 'zh' ? text : preferred(globalThis.navigator?.languages ?? [])),
  (value) => value,
);

effect(() => {
  const root = globalThis.document?.documentElement;
  if (root) root.lang = locale.value === 'zh' ? 'zh-Hans' : 'en';
});

/** The first language of the browser's that there are texts in. */
export function preferred(languages: readonly string[]): Locale {
  for (const language of languages) {
    const found = /^(en|zh)\b/i.exec(language)?.[1];
    if (found) return found.toLowerCase() as Locale;
  }
  return 'en';
}

export function messages<const Texts extends Readonly<Record<string, Message>>>(texts: {
  en: Texts;
  zh: Readonly<Record<keyof Texts, Message>>;
}): Translate<Texts> {
  const parts = (key: keyof Texts, values: Readonly<Record<string, unknown>> = {}): unknown[] => {
    const text = formOf((texts[locale.value] as Texts)[key] as Message, values.count);
    // Every second piece is the name of a place.
    return text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 === 0 ? piece : values[piece]));
  };
  const translate = (key: keyof Texts, values?: Readonly<Record<string, unknown>>) => parts(key, values).join('');
  return Object.assign(translate, { parts, texts }) as unknown as Translate<Texts>;
}

function formOf(message: Message, count: unknown): string {
  if (typeof message === 'string') return message;
  return Number(count) === 1 ? message.one : message.other;
}
