/** Mounts of volumes in containers (`ValidateVolumeMounts`, `ValidateVolumeDevices`). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { Container, Volume } from '../../../types.ts';
import { validateDescendingPath, validateNoBacksteps } from './paths.ts';

export type Volumes = ReadonlyMap<string, Volume>;
type Mount = NonNullable<Container['volumeMounts']>[number];

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible'];

function validatePropagation({ mountPropagation }: Mount, privileged: boolean, field: string): FieldError[] {
  if (mountPropagation === undefined) return [];
  if (!PROPAGATIONS.includes(mountPropagation)) return [fieldError.notSupported(field, mountPropagation, PROPAGATIONS)];
  if (mountPropagation !== 'Bidirectional' || privileged) return [];
  return [fieldError.forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')];
}

function validateRecursiveReadOnly(mount: Mount, field: string): FieldError[] {
  const mode = mount.recursiveReadOnly;
  if (mode === undefined || mode === 'Disabled') return [];
  if (!RECURSIVE.includes(mode)) return [fieldError.notSupported(field, mode, RECURSIVE)];
  const errors: FieldError[] = [];
  if (!mount.readOnly) errors.push(fieldError.forbidden(field, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None') {
    const detail = 'may only be specified when mountPropagation is None or not specified';
    errors.push(fieldError.forbidden(field, detail));
  }
  return errors;
}

export function validateVolumeMounts(container: Container, volumes: Volumes, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const devices = { names: new Set<unknown>(), paths: new Set<unknown>() };
  for (const { name, devicePath } of container.volumeDevices ?? []) {
    devices.names.add(name);
    devices.paths.add(devicePath);
  }
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${field}[${index}]`;
    const { name = '', mountPath = '', subPath, subPathExpr } = mount;
    if (name === '') errors.push(fieldError.required(`${at}.name`));
    if (!volumes.has(name)) errors.push(fieldError.notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(fieldError.required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(fieldError.invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (devices.names.has(name)) {
      errors.push(fieldError.invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    }
    if (devices.paths.has(mountPath)) {
      const detail = 'must not already exist as a path in volumeDevices';
      errors.push(fieldError.invalid(`${at}.mountPath`, mountPath, detail));
    }
    // Upstream names no index in the next fields.
    if (subPath) errors.push(...validateDescendingPath(subPath, `${field}.subPath`));
    if (subPathExpr) {
      if (subPath) {
        const detail = 'subPathExpr and subPath are mutually exclusive';
        errors.push(fieldError.invalid(`${at}.subPathExpr`, subPathExpr, detail));
      }
      errors.push(...validateDescendingPath(subPathExpr, `${field}.subPathExpr`));
    }
    const privileged = container.securityContext?.privileged === true;
    errors.push(...validatePropagation(mount, privileged, `${field}.mountPropagation`));
    errors.push(...validateRecursiveReadOnly(mount, `${field}.recursiveReadOnly`));
  }
  return errors;
}

export function validateVolumeDevices(container: Container, volumes: Volumes, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts = { names: new Set<unknown>(), paths: new Set<unknown>() };
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    mounts.names.add(name);
    mounts.paths.add(mountPath);
  }
  for (const [index, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const at = `${field}[${index}]`;
    const volume = volumes.get(name);
    const invalid = (what: 'name' | 'devicePath', detail: string) =>
      errors.push(fieldError.invalid(`${at}.${what}`, what === 'name' ? name : devicePath, detail));
    if (name === '') errors.push(fieldError.required(`${at}.name`));
    if (names.has(name)) invalid('name', 'must be unique');
    if (!volume) errors.push(fieldError.notFound(`${at}.name`, name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
      invalid('name', 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
    }
    if (devicePath === '') errors.push(fieldError.required(`${at}.devicePath`));
    if (paths.has(devicePath)) invalid('devicePath', 'must be unique');
    if (validateNoBacksteps(devicePath, at).length > 0) invalid('devicePath', "can not contain backsteps ('..')");
    if (mounts.names.has(name)) invalid('name', 'must not already exist in volumeMounts');
    if (mounts.paths.has(devicePath)) {
      invalid('devicePath', 'must not already exist as a path in volumeMounts');
    }
    names.add(name);
    paths.add(devicePath);
  }
  return errors;
}
