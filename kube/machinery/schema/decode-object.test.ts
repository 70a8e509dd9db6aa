import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldValidation } from './check.ts';
import { decodeObject } from './decode-object.ts';
import { applySchemaDefaults } from './defaults.ts';
import { standIns, TEXTS_AND_NUMBERS } from './number-texts.ts';
import { kindSchema } from './resolve.ts';

function decode(kind: string, body: unknown, directive: FieldValidation = 'Strict') {
  const [group, version] = kind === 'Deployment' ? ['apps', 'v1'] : ['', 'v1'];
  const schema = kindSchema(group, version, kind);
  if (!schema) throw new Error(kind);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return decodeObject(text, { group, version, kind, schema }, directive);
}

const inPod = (container: unknown) => ({ spec: { containers: [container] } });

test.each<[string, string, unknown, string]>([
  [
    'a wrong type',
    'Deployment',
    { spec: { replicas: 'three' } },
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'a wrong type in a list',
    'Pod',
    inPod({ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 1.5 }] }),
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
  ],
  [
    'a number for a label',
    'Pod',
    { metadata: { labels: { a: 1 } } },
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    'an object for a list',
    'Pod',
    { spec: { containers: {} } },
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ],
  [
    'text for a struct that Go embeds',
    'Pod',
    { spec: { volumes: [{ name: 'v', emptyDir: 'x' }] } },
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field Volume.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource',
  ],
  [
    'a list for a struct',
    'Deployment',
    { spec: [] },
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec',
  ],
  [
    'a bad quantity',
    'Pod',
    inPod({ name: 'a', resources: { limits: { cpu: 'much' } } }),
    `Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  ],
  [
    'a bad time',
    'Pod',
    { metadata: { deletionTimestamp: 'soon' } },
    'Pod in version "v1" cannot be handled as a Pod: parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"',
  ],
  [
    'bad base64',
    'Secret',
    { data: { a: 'YWJj*' } },
    'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 4',
  ],
  [
    'unknown fields, all of them',
    'Deployment',
    { foo: 1, spec: { replicsa: 3, template: { spec: { containers: [{ name: 'a', imagee: 'b' }] } } } },
    'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "foo", unknown field "spec.replicsa", unknown field "spec.template.spec.containers[0].imagee"',
  ],
  [
    'a repeated field',
    'ConfigMap',
    '{"metadata":{"name":"a","labels":{"a":"1","b":"2","a":"3"}},"data":{"k":"{\\"x\\":1,\\"x\\":2}"}}',
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "metadata.labels.a"',
  ],
  [
    'another kind',
    'Service',
    { apiVersion: 'v1', kind: 'Pod' },
    'Pod in version "v1" cannot be handled as a Service: converting (v1.Pod) to (core.Service): unknown conversion',
  ],
  [
    'a kind that is not there',
    'Service',
    { apiVersion: 'v2', kind: 'Pods' },
    'Pods in version "v2" cannot be handled as a Service: no kind "Pods" is registered for version "v2" in scheme "pkg/runtime/scheme.go:111"',
  ],
  [
    'text that is no JSON',
    'Pod',
    '{"kind":"Pod",}',
    `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: invalid character '}' looking for beginning of object key string ({"kind":"Pod",})`,
  ],
  [
    'text that ends early',
    'Pod',
    '{"kind":"Pod","metadata":{"name":"a-rather-long-name"',
    `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: unexpected end of JSON input ({"kind":"Pod","metadata":{"nam ...)`,
  ],
  [
    'no text',
    'Pod',
    '',
    `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)`,
  ],
])('%s is refused in upstream’s words', (_, kind, body, message) => {
  expect(decode(kind, body)).toEqual({ error: message });
});

test('Warn keeps the known fields and says what it dropped; Ignore says nothing', () => {
  const text = '{"data":{"a":"1","a":"2"},"extra":{"x":1,"x":2}}';
  const warned = decode('ConfigMap', text, 'Warn');
  expect(warned).toEqual({
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: '2' } },
    warnings: ['duplicate field "data.a"', 'unknown field "extra"'],
  });
  expect(decode('ConfigMap', text, 'Ignore')).toMatchObject({ warnings: [] });
});

test.each(['/v1', '/', ''])('apiVersion %j is that of the core group', (apiVersion) => {
  expect(decode('ConfigMap', { apiVersion, kind: 'ConfigMap' })).toMatchObject({ object: { apiVersion: 'v1' } });
  expect(decode('ConfigMap', { apiVersion: '/v2', kind: 'ConfigMap' })).toMatchObject({
    error: expect.stringContaining('no kind "ConfigMap" is registered for version "v2"'),
  });
});

test('an object comes out as upstream prints it: nulls and empty options gone, constant fields there, values canonical', () => {
  const decoded = decode('Pod', {
    metadata: { name: 'a', labels: {}, annotations: { x: null }, creationTimestamp: null, finalizers: [] },
    spec: {
      nodeName: '',
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'v', emptyDir: {}, hostPath: null }],
      containers: [{ name: 'a', args: [], ports: [{ containerPort: 80 }], resources: { limits: { cpu: 0.5 } } }],
    },
    status: { startTime: '2024-02-29T12:00:00.5+02:00' },
  });
  if ('error' in decoded) throw new Error(decoded.error);
  const schema = kindSchema('', 'v1', 'Pod');
  if (schema) applySchemaDefaults(schema, decoded.object);
  expect(decoded.object).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', annotations: { x: '' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        { name: 'a', ports: [{ containerPort: 80, protocol: 'TCP' }], resources: { limits: { cpu: '500m' } } },
      ],
    },
    status: { startTime: '2024-02-29T10:00:00Z' },
  });
});

test('a time that upstream holds by value is null where it was not given, and one that it holds by a pointer is left out', () => {
  const decoded = decode('Event', {
    metadata: { name: 'a' },
    involvedObject: {},
    lastTimestamp: '2024-02-29T12:00:00Z',
  });
  expect('object' in decoded && decoded.object).toMatchObject({
    firstTimestamp: null,
    lastTimestamp: '2024-02-29T12:00:00Z',
    eventTime: null,
  });
  const pod = decode('Pod', { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  expect('object' in pod && pod.object.status).toEqual({
    conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }],
  });
});

test('a field named __proto__ changes no prototype', () => {
  const decoded = decode('ConfigMap', '{"__proto__":{"x":1},"data":{"__proto__":"y"}}', 'Warn');
  if ('error' in decoded) throw new Error(decoded.error);
  expect(decoded.warnings).toEqual(['unknown field "__proto__"']);
  expect(JSON.stringify(decoded.object)).toContain('"data":{"__proto__":"y"}');
  expect('x' in decoded.object).toBe(false);
});

test('halves of characters are replaced as Go’s decoder does, whole ones and escaped backslashes stay', () => {
  const text = String.raw`{"data":{"a":"x\ud800y","b":"\udc00\ud83d\ude00","c":"\\ud800","d":"\uD800\uD83D\uDE00","\udfff":"e"}}`;
  const decoded = decode('ConfigMap', text);
  if ('error' in decoded) throw new Error(decoded.error);
  const data = { a: 'x\ufffdy', b: '\ufffd\u{1f600}', c: '\\ud800', d: '\ufffd\u{1f600}', '\ufffd': 'e' };
  expect(decoded.object).toMatchObject({ data });
});

test.each(['1.0', '1e3', '1E2', '-0.0', '1.50', '1e400', '9223372036854775808', '-9223372036854775809'])(
  '%s is no integer to Go, whatever it is worth',
  (number) => {
    const limits = '"limits":{"cpu":1.50,"memory":1e9}';
    const text = `{"metadata":{"annotations":{"a":"b\\":2.0, 3"}},"spec":{"containers":[{"name":"1.0","resources":{${limits}}}],"terminationGracePeriodSeconds" : ${number}}}`;
    expect(decode('Pod', text)).toEqual({
      error: `Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number ${number} into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64`,
    });
    const groups = `{"spec":{"securityContext":{"supplementalGroups":[1, ${number}]}}}`;
    expect(decode('Pod', groups)).toEqual({ error: expect.stringContaining(`number ${number} into`) });
    const quantity = decode('Pod', text.replace(/"terminationGracePeriodSeconds.*/, '"hostNetwork":true}}'));
    expect(quantity).toMatchObject({
      object: { spec: { containers: [{ resources: { limits: { cpu: '1500m', memory: '1G' } } }] } },
    });
  },
);

test('any JSON is decoded alike whether numbers are looked at in its text or not', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('1.5', '2.0', '-1e3', '12345678901234567890'), (json, number) => {
      const found = standIns(`{"a":${json},"b":${number}}`);
      const { written = [], text = '' } = found ?? {};
      expect(written.at(-1)).toBe(number);
      expect(JSON.parse(text)).toHaveProperty('b', written.length + 0.5);
      const back = text.replace(TEXTS_AND_NUMBERS, (token) =>
        /^\d+\.5$/.test(token) ? (written[Number.parseInt(token, 10) - 1] as string) : token,
      );
      expect(back).toBe(`{"a":${json},"b":${number}}`);
    }),
    { numRuns: 50 },
  );
});
