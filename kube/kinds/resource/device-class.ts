import { fieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { NAME_AND_AGE } from '../columns/column.ts';
import { isExtendedName } from '../core/pod-spec/resources.ts';
import { defineKind } from '../define.ts';
import {
  type Configuration,
  type Selector,
  validateClassConfigurations,
  validateSelectors,
} from './device-validation.ts';

interface Spec {
  selectors?: Selector[];
  config?: Configuration[];
  extendedResourceName?: string;
}

function validate(object: KubeObject) {
  const { selectors, config, extendedResourceName: name } = (object.spec ?? {}) as Spec;
  const errors = [
    ...validateSelectors(selectors, 'spec.selectors'),
    ...validateClassConfigurations(config, 'spec.config'),
  ];
  if (name === undefined || isExtendedName(name)) return errors;
  return [...errors, fieldError.invalid('spec.extendedResourceName', name, 'must be a valid extended resource name')];
}

export const deviceClass = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  nameRule: 'long-name',
  support: 'acted-on',
  generateNameRule: 'never',
  generation: true,
  returnDeletedObject: true,
  columns: NAME_AND_AGE,
  strategy: { validate },
});
