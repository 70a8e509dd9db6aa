import { expect, test } from 'vitest';
import { goQuote, goTypeName } from './go-names.ts';
import { schemaOf } from './resolve.ts';

test('texts are quoted as by Go, whose control characters are not those of JSON', () => {
  const cases: Record<string, string> = {
    plain: '"plain"',
    'a"b\\c\n\t': '"a\\"b\\\\c\\n\\t"',
    '\u0000\u0001\u001f\u007f': '"\\x00\\x01\\x1f\\x7f"',
    '\u0007\b\f\v': '"\\a\\b\\f\\v"',
    '\\u0001\u0001': '"\\\\u0001\\x01"',
  };
  for (const [text, quoted] of Object.entries(cases)) expect(goQuote(text)).toBe(quoted);
});

test.each([
  ['core.v1.PersistentVolumeClaimStatus', 'allocatedResourceStatuses', 'map[v1.ResourceName]v1.ClaimResourceStatus'],
  ['core.v1.PersistentVolumeClaimStatus', 'allocatedResources', 'v1.ResourceList'],
  ['resource.v1.CapacityRequirements', 'requests', 'map[v1.QualifiedName]resource.Quantity'],
  ['policy.v1.PodDisruptionBudgetStatus', 'disruptedPods', 'map[string]v1.Time'],
  ['certificates.v1.CertificateSigningRequestSpec', 'extra', 'map[string]v1.ExtraValue'],
  ['core.v1.PodSpec', 'containers', '[]v1.Container'],
])('of %s, %s is of the type %s', (definition, field, type) => {
  const found = schemaOf(`io.k8s.api.${definition}`).fields.get(field)?.schema;
  expect(found && goTypeName(found)).toBe(type);
});
