/** The schema's documentation of the field under the pointer. Texts of the cluster are shown as texts. */
import { t } from '../messages.ts';
import type { Schema } from '../schema/schema.ts';

export interface FieldFacts {
  name: string;
  type: string;
  schema: Schema;
  required: boolean;
}

export function documentation({ name, type, schema, required }: FieldFacts): HTMLElement {
  const box = element('div', 'cm-documentation');
  const head = element('div', '');
  head.append(element('b', '', name), ' ', element('span', 'quiet', required ? `${type} · ${t('required')}` : type));
  box.append(head);
  const { description, enum: choices, default: preset } = schema;
  if (choices) box.append(element('p', 'quiet', t('choices', { choices: choices.filter(Boolean).join(', ') })));
  if (preset !== undefined && typeof preset !== 'object' && preset !== '') {
    box.append(element('p', 'quiet', t('default', { value: String(preset) })));
  }
  if (description) box.append(element('p', '', description));
  return box;
}

function element(tag: string, name: string, text?: string): HTMLElement {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
