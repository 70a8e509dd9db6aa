import { expect, test } from 'vitest';
import { schemaOf } from '../machinery/schema/resolve.ts';
import { dropDisabledFields } from './disabled-fields.ts';

test('fields of a gate that is off are dropped wherever their type is used, with what they alone were in', () => {
  const container = (signal: string, more = {}) => ({ name: 'a', lifecycle: { stopSignal: signal, ...more } });
  const sleep = { preStop: { sleep: { seconds: 1 } } };
  const object = {
    spec: {
      template: {
        spec: {
          schedulingGroup: { podGroupName: 'g' },
          containers: [container('SIGINT'), container('SIGINT', sleep)],
          initContainers: [container('SIGHUP'), { name: 'b', lifecycle: {} }],
        },
      },
    },
  };
  dropDisabledFields(schemaOf('io.k8s.api.apps.v1.Deployment'), object);
  expect(object.spec.template.spec).toEqual({
    containers: [{ name: 'a' }, { name: 'a', lifecycle: sleep }],
    initContainers: [{ name: 'a' }, { name: 'b', lifecycle: {} }],
  });
});

test('lists of a device attribute are dropped, its single value stays', () => {
  const object = { spec: { devices: [{ name: 'd', attributes: { a: { int: 1, ints: [1] } } }] } };
  dropDisabledFields(schemaOf('io.k8s.api.resource.v1.ResourceSlice'), object);
  expect(object.spec.devices).toEqual([{ name: 'd', attributes: { a: { int: 1 } } }]);
});

test('how many pods of a StatefulSet may be away at once has a gate that is off', () => {
  const object = { spec: { updateStrategy: { rollingUpdate: { partition: 1, maxUnavailable: 2 } } } };
  dropDisabledFields(schemaOf('io.k8s.api.apps.v1.StatefulSet'), object);
  expect(object.spec.updateStrategy).toEqual({ rollingUpdate: { partition: 1 } });
});
