/** A configuration from its YAML, in which unknown fields and repeated keys are errors, as upstream reads its file. */
import { parseDuration } from '../../../kube/machinery/go-duration.ts';
import { isObject } from '../../../kube/machinery/json-object.ts';
import { checkObject } from '../../../kube/machinery/schema/check.ts';
import { yamlToJson } from '../../../kube/machinery/yaml.ts';
import { API_VERSION, type Configuration, configurationType } from './types.ts';

const KIND = 'KubeSchedulerConfiguration';

/** Says in one line why a configuration cannot be used. */
export class ConfigurationError extends Error {}

/** Throws a {@link ConfigurationError}. */
export function decode(text: string): Configuration {
  const { value, problems } = read(text);
  if (!isObject(value)) throw new ConfigurationError(`couldn't get version/kind; the text is no object`);
  const { apiVersion, kind } = value;
  if (apiVersion !== API_VERSION || kind !== KIND) {
    throw new ConfigurationError(
      `no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')}: ` +
        `it must be ${KIND} of ${API_VERSION}`,
    );
  }
  const configuration = checked(KIND, value, problems) as Configuration;
  readDurations((configuration.extenders ?? []).map(({ httpTimeout }) => httpTimeout));
  for (const [i, { pluginConfig = [] }] of (configuration.profiles ?? []).entries()) {
    for (const [j, config] of pluginConfig.entries()) {
      const where = `decoding .profiles[${i}].pluginConfig[${j}]: `;
      config.args = argsOf(config.name, config.args, where);
    }
  }
  return configuration;
}

function read(text: string): { value: unknown; problems: string[] } {
  try {
    const { text: json, problems } = yamlToJson(text);
    return { value: JSON.parse(json), problems };
  } catch (error) {
    throw new ConfigurationError(`error converting YAML to JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function checked(type: string, value: unknown, problems: readonly string[] = []): Record<string, unknown> {
  const schema = configurationType(type);
  if (!schema) throw new ConfigurationError(`no type ${type}`);
  const { object, strict, error } = checkObject(schema, value, { directive: 'Strict', fill: false });
  if (error) throw new ConfigurationError(error);
  const all = [...problems, ...strict];
  if (all.length > 0) throw new ConfigurationError(`strict decoding error: ${all.join(', ')}`);
  // An int64 may be more than a number holds exactly, and none here needs to be exact then.
  return JSON.parse(JSON.stringify(object, (_, one) => (typeof one === 'bigint' ? Number(one) : one)));
}

/** Durations are read together with the rest, so that a text which is none is no configuration. */
function readDurations(texts: readonly unknown[]): void {
  for (const text of texts) {
    const read = text === undefined ? 0n : parseDuration(String(text));
    if (typeof read === 'string') throw new ConfigurationError(`time: ${read}`);
  }
}

/** Those of plugins that take none stay as they are: nothing reads them. */
function argsOf(plugin: string, args: unknown, where: string): Record<string, unknown> {
  const type = `${plugin}Args`;
  if (!configurationType(type)) return {};
  const given = isObject(args) ? args : {};
  const { apiVersion = API_VERSION, kind = type } = given;
  if (apiVersion !== API_VERSION || kind !== type) {
    throw new ConfigurationError(
      `${where}args for plugin ${plugin} were not of type ${type}.kubescheduler.config.k8s.io, got ${kind} of ${apiVersion}`,
    );
  }
  try {
    const { apiVersion: _, kind: __, ...rest } = checked(type, given);
    readDurations([rest.filterTimeout, rest.bindingTimeout]);
    return rest;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`${where}decoding args for plugin ${plugin}: ${error.message}`);
  }
}
