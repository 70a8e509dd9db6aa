/** A custom kind for tests, as a definition would bring it. */
import type { CustomKindSpec } from '../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';

export interface Widget extends KubeObject {
  spec?: { size?: number; color?: string; parts?: { name: string; weight?: number }[]; free?: object };
  status?: { ready?: boolean; conditions?: object[] };
}

export const WIDGETS_CRD = 'widgets.example.com';
export const ROOT = '/apis/example.com/v1';
export const WIDGETS = `${ROOT}/namespaces/default/widgets`;

const condition = { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } };
const part = {
  type: 'object',
  properties: { name: { type: 'string' }, weight: { type: 'integer', default: 1 } },
  required: ['name'],
};
export const WIDGET_SPEC: CustomKindSpec = {
  group: 'example.com',
  scope: 'Namespaced',
  names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
      selectableFields: [{ jsonPath: '.spec.color' }],
      additionalPrinterColumns: [
        { name: 'Color', type: 'string', jsonPath: '.spec.color' },
        { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              description: 'What the widget shall be.',
              properties: {
                size: { type: 'integer', default: 3 },
                color: { type: 'string' },
                parts: {
                  type: 'array',
                  items: part,
                  'x-kubernetes-list-type': 'map',
                  'x-kubernetes-list-map-keys': ['name'],
                },
                free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
            status: {
              type: 'object',
              properties: { ready: { type: 'boolean' }, conditions: { type: 'array', items: condition } },
            },
          },
        },
      },
    },
  ],
};

/** The definition of widgets, with a change of its spec. */
export const widgetDefinition = (change: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: WIDGETS_CRD },
  spec: { ...WIDGET_SPEC, ...change },
});

export const widget = (name: string, spec: Widget['spec'] = {}, metadata: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, ...metadata },
  spec,
});
