/** The life of a CustomResourceDefinition with a real kubectl: apply, wait, explain, columns, scale, delete. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKubectl } from './find-kubectl.ts';
import { Kubectl } from './kubectl.ts';

const found = await findKubectl();
if ('skip' in found) console.log(`skipped: ${found.skip}`);

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, kind: Widget, shortNames: [wd], categories: [all] }
  versions:
  - name: v1
    served: true
    storage: true
    subresources: { status: {}, scale: { specReplicasPath: .spec.size, statusReplicasPath: .status.size } }
    selectableFields: [{ jsonPath: .spec.color }]
    additionalPrinterColumns:
    - { name: Color, type: string, jsonPath: .spec.color }
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: What the widget shall be.
            required: [color]
            properties:
              color: { type: string, enum: [red, green], description: How it looks. }
              size: { type: integer, minimum: 0, default: 1 }
          status:
            type: object
            properties:
              size: { type: integer }
`;
const WIDGET = `apiVersion: example.com/v1
kind: Widget
metadata: { name: a }
spec: { color: red }
`;

describe.skipIf('skip' in found)('custom resources', () => {
  let kubectl: Kubectl;
  beforeAll(async () => {
    kubectl = await Kubectl.open();
    await kubectl.ok('apply -f -', CRD);
  });
  afterAll(() => kubectl?.[Symbol.asyncDispose]());

  test('a definition is established at once, and listed', async () => {
    await kubectl.ok('wait --for=condition=Established crd/widgets.example.com --timeout=10s');
    expect(await kubectl.ok('get crd')).toMatch(/^NAME +CREATED AT\nwidgets\.example\.com +20/m);
    expect(await kubectl.ok('api-resources --api-group=example.com')).toMatch(
      /^widgets +wd +example.com\/v1 +true +Widget$/m,
    );
  });

  test('explain knows its fields right after', async () => {
    const text = await kubectl.ok('explain widget.spec');
    expect(text).toContain('What the widget shall be.');
    expect(text).toMatch(/color\t<string> -required-/);
  });

  test('objects are validated by kubectl and by the cluster, shown by columns, and scaled', async () => {
    const unknown = await kubectl.fails('apply -f -', WIDGET.replace('color: red', 'color: red, colour: red'));
    expect(unknown).toContain('unknown field "spec.colour"');
    const wrong = await kubectl.fails('apply -f -', WIDGET.replace('red', 'blue'));
    expect(wrong).toContain('spec.color: Unsupported value: "blue": supported values: "red", "green"');
    expect(await kubectl.ok('apply -f -', WIDGET)).toBe('widget.example.com/a created\n');
    expect(await kubectl.ok('get wd')).toMatch(/^NAME +COLOR\na +red$/m);
    expect(await kubectl.ok('scale wd a --replicas=3')).toContain('scaled');
    expect(await kubectl.ok('get wd a -o jsonpath={.spec.size}')).toBe('3');
    expect(await kubectl.ok('get wd --field-selector=spec.color=green -o name')).toBe('');
    expect(await kubectl.ok('get all -o name')).toContain('widget.example.com/a');
    expect(await kubectl.ok('apply -f -', WIDGET)).toBe('widget.example.com/a unchanged\n');
    expect(await kubectl.ok('apply --server-side -f -', WIDGET)).toContain('serverside-applied');
  });

  test('its end takes its objects along', async () => {
    expect(await kubectl.ok('delete crd widgets.example.com')).toBe(
      'customresourcedefinition.apiextensions.k8s.io "widgets.example.com" deleted\n',
    );
    expect(await kubectl.fails('get wd')).toContain('the server could not find the requested resource');
  });
});
