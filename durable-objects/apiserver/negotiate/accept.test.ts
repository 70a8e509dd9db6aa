import { expect, test } from 'vitest';
import { PROTOBUF_TYPE as PROTOBUF } from '../../../wire/protobuf.ts';
import type { ApiError } from '../errors.ts';
import { type AcceptOptions, accept } from './accept.ts';

const META = 'g=meta.k8s.io;v=v1';

function outcome(header: string, options?: AcceptOptions): string {
  try {
    const { format, as } = accept(header, options);
    return `${format} ${as}`;
  } catch (error) {
    return (error as ApiError).message;
  }
}

const FORMATS = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const STREAMS = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
const only = (types: string) => `only the following media types are accepted: ${types}`;
const available = (types: string) => `406: Not Acceptable\n\nAvailable representations: ${types}`;

test.each([
  [`${PROTOBUF}`, {}, 'protobuf object'],
  [`${PROTOBUF};stream=watch`, {}, 'protobuf object'],
  [`application/json;q=0.5,${PROTOBUF}`, {}, 'protobuf object'],
  [`${PROTOBUF};as=PartialObjectMetadata;${META}`, {}, 'protobuf metadata'],
  // A table has no message.
  [`${PROTOBUF};as=Table;${META}`, {}, only(FORMATS)],
  [`${PROTOBUF};as=Table;${META},application/json`, {}, 'json object'],
  // A shape without a kind is none that is made (`test/integration/apiserver/apiserver_test.go`, TestTransform).
  [`application/json;${META}`, {}, only(FORMATS)],
  ['application/json;v=v1', {}, only(FORMATS)],
  [`application/json;${META},application/json`, {}, 'json object'],
  ['*/*', {}, 'json object'],
  ['application/*', {}, available(FORMATS)],
  ['application/cbor', { ofCollection: true }, available(`${FORMATS}, ${STREAMS}`)],
  // A custom resource has no message, and one error for all that it cannot be.
  [PROTOBUF, { isCustom: true }, only(FORMATS)],
  ['application/cbor', { isCustom: true }, only(FORMATS)],
  [`${PROTOBUF},application/json`, { isCustom: true }, 'json object'],
  [`${PROTOBUF};as=PartialObjectMetadata;${META}`, { isCustom: true }, 'protobuf metadata'],
  ['application/*', { isCustom: true }, 'json object'],
  ['application/cbor', { isGrouped: true }, only(FORMATS)],
  // The first that could be answered counts, and YAML is no stream.
  ['application/yaml,application/json', { isWatch: true }, only(STREAMS)],
] as const)('%s with %j is %s', (header, options, expected) => {
  expect(outcome(header, options)).toBe(expected);
});
