import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isDNS1123Subdomain } from '../../machinery/names.ts';
import { schemaOf } from '../../machinery/schema/resolve.ts';
import { exceedsUtf8 } from '../../machinery/utf8-size.ts';
import type { VolumeAttachment } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { validateDriverName } from '../core/pod-spec/volumes.ts';
import { validateInlineVolume } from '../core/volume-validation.ts';
import { defineKind, STATUS_RESETS_METADATA } from '../define.ts';
import { validateGenerateName } from '../metadata.ts';
import { ALL_METADATA } from '../metadata-policy.ts';
import { invalidEach, validateImmutable } from '../validation/fields.ts';

type Spec = NonNullable<VolumeAttachment['spec']>;
type Status = NonNullable<VolumeAttachment['status']>;

const MAX_METADATA_BYTES = 256 * 1024;
const MAX_MESSAGE_BYTES = 1024;

function validateSource({ inlineVolumeSpec: inline, persistentVolumeName: name }: Spec['source']): FieldError[] {
  const field = 'spec.source';
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inline !== undefined && name !== undefined) return [fieldError.forbidden(field, one)];
  if (inline !== undefined) return validateInlineVolume(inline, `${field}.inlineVolumeSpec`);
  if (name === undefined) return [fieldError.required(field, one)];
  if (name !== '') return [];
  return [fieldError.required(`${field}.persistentVolumeName`, 'must specify non empty persistentVolumeName')];
}

function validateError(error: Status['attachError'], field: string): FieldError[] {
  const { message = '', errorCode } = error ?? {};
  const range = 'must be between 0 and 2147483647, inclusive';
  return [
    ...(exceedsUtf8([message], MAX_MESSAGE_BYTES) ? [fieldError.tooLong(`${field}.message`, MAX_METADATA_BYTES)] : []),
    ...((errorCode ?? 0) < 0 ? [fieldError.invalid(`${field}.errorCode`, errorCode, range)] : []),
  ];
}

/** `ValidateVolumeAttachment` in `pkg/apis/storage/validation/validation.go` */
function validateAttachment({ spec, status }: VolumeAttachment): FieldError[] {
  const { attacher, nodeName = '', source = {} } = (spec ?? {}) as Partial<Spec>;
  const entries = Object.entries(status?.attachmentMetadata ?? {});
  const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const name = source.persistentVolumeName;
  return [
    ...validateDriverName(attacher, 'spec.attacher'),
    ...validateSource(source),
    ...invalidEach('spec.nodeName', nodeName, isDNS1123Subdomain(nodeName)),
    ...(size > MAX_METADATA_BYTES ? [fieldError.tooLong('status.attachmentMetadata', MAX_METADATA_BYTES)] : []),
    ...validateError(status?.attachError, 'status.attachError'),
    ...validateError(status?.detachError, 'status.detachError'),
    ...(name === undefined ? [] : invalidEach('spec.source.persistentVolumeName', name, isDNS1123Subdomain(name))),
  ];
}

export const volumeAttachment = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  scope: 'Cluster',
  support: 'acted-on',
  allowUnconditionalUpdate: false,
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<VolumeAttachment>('Attacher', 'CSI driver that attaches it.', ({ spec }) => spec?.attacher ?? '', {
      format: 'name',
    }),
    column<VolumeAttachment>('PV', 'Volume that is attached.', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    column<VolumeAttachment>('Node', 'Node it is attached to.', ({ spec }) => spec?.nodeName ?? ''),
    column<VolumeAttachment>('Attached', 'Whether it is attached.', ({ status }) => status?.attached ?? false, {
      type: 'boolean',
    }),
    ageColumn,
  ],
  resetFields: STATUS_RESETS_METADATA,
  subresources: { status: true },
  strategy: {
    validate: validateAttachment,
    validateUpdate: (next, old) =>
      validateImmutable(next.spec, old.spec, 'spec', schemaOf('io.k8s.api.storage.v1.VolumeAttachmentSpec')),
    validateStatusUpdate: (next) => [
      ...validateGenerateName(next.metadata, 'dns-subdomain', 'metadata'),
      ...validateAttachment(next),
    ],
    applyDefaults(attachment) {
      attachment.status ??= { attached: false };
      attachment.status.attached ??= false;
    },
    prepareForCreate(attachment) {
      attachment.status = { attached: false };
    },
  },
  statusKeeps: ALL_METADATA,
});
