/**
 * Metrics and behaviour of an autoscaler as annotations of autoscaling/v1 say them (`pkg/apis/autoscaling/v1/
 * conversion.go`): metrics in v1's own types, the behaviour as Go prints the internal one.
 */
import { isObject } from '../../machinery/json-object.ts';

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** Without the fields that are undefined. */
function compact(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const NONE = '0';

/** The prefix of v1's field names: `target` in the spec, `current` in the status. */
type Part = 'target' | 'current';

const SOURCES = ['object', 'pods', 'resource', 'containerResource', 'external'] as const;

/** A metric of v2's spec (`target`) or status (`current`) as v1 has it. */
export function metricToV1(metric: unknown, part: Part): Fields {
  const { type, ...sources } = fieldsOf(metric);
  const shown: Fields = { type };
  for (const name of SOURCES) if (sources[name]) shown[name] = TO_V1[name](fieldsOf(sources[name]), part);
  return shown;
}

const TO_V1: Readonly<Record<(typeof SOURCES)[number], (source: Fields, part: Part) => Fields>> = {
  object({ describedObject, metric, target, current }, part) {
    const { kind, name, apiVersion } = fieldsOf(describedObject);
    const { value = NONE, averageValue } = fieldsOf(part === 'target' ? target : current);
    const { name: metricName, selector } = fieldsOf(metric);
    const described = compact({ kind, name, apiVersion });
    return compact({ target: described, metricName, [`${part}Value`]: value, selector, averageValue });
  },
  pods({ metric, target, current }, part) {
    const { averageValue = NONE } = fieldsOf(part === 'target' ? target : current);
    const { name: metricName, selector } = fieldsOf(metric);
    return compact({ metricName, [`${part}AverageValue`]: averageValue, selector });
  },
  resource: (source, part) => compact({ name: source.name, ...resourceValues(source, part) }),
  containerResource: (source, part) =>
    compact({ name: source.name, ...resourceValues(source, part), container: source.container }),
  external({ metric, target, current }, part) {
    const { value = part === 'current' ? NONE : undefined, averageValue } = fieldsOf(
      part === 'target' ? target : current,
    );
    const { name: metricName, selector: metricSelector } = fieldsOf(metric);
    return compact({ metricName, metricSelector, [`${part}Value`]: value, [`${part}AverageValue`]: averageValue });
  },
};

function resourceValues({ target, current }: Fields, part: Part): Fields {
  const { averageUtilization, averageValue } = fieldsOf(part === 'target' ? target : current);
  return {
    [`${part}AverageUtilization`]: averageUtilization,
    [`${part}AverageValue`]: averageValue ?? (part === 'current' ? NONE : undefined),
  };
}

/** The inverse of {@link metricToV1}. A value that is no metric of v1 gives one that v2's schema refuses. */
export function metricFromV1(metric: unknown, part: Part): Fields {
  const { type = '', ...sources } = fieldsOf(metric);
  const read: Fields = { type };
  for (const name of SOURCES) if (sources[name]) read[name] = FROM_V1[name](fieldsOf(sources[name]), part);
  return read;
}

const FROM_V1: typeof TO_V1 = {
  object({ target, metricName, selector, averageValue, ...values }, part) {
    const given = values[`${part}Value`];
    const type = averageValue === undefined ? 'Value' : 'AverageValue';
    // v1 cannot leave the target out, and an average has none beside it.
    const value = part === 'target' && averageValue !== undefined && given === NONE ? undefined : given;
    return {
      describedObject: target,
      ...metricOf(metricName, selector),
      ...valuesOf(part, type, { value, averageValue }),
    };
  },
  pods({ metricName, selector, ...values }, part) {
    const averageValue = values[`${part}AverageValue`];
    return { ...metricOf(metricName, selector), ...valuesOf(part, 'AverageValue', { averageValue }) };
  },
  resource: ({ name, ...values }, part) => ({ name, ...resourceTarget(values, part) }),
  containerResource: ({ name, container, ...values }, part) => ({ name, container, ...resourceTarget(values, part) }),
  external({ metricName, metricSelector, ...values }, part) {
    const [value, averageValue] = [values[`${part}Value`], values[`${part}AverageValue`]];
    const type = value === undefined ? 'AverageValue' : 'Value';
    return { ...metricOf(metricName, metricSelector), ...valuesOf(part, type, { value, averageValue }) };
  },
};

const metricOf = (name: unknown, selector: unknown): Fields => ({ metric: compact({ name, selector }) });

function valuesOf(part: Part, type: string, values: Fields): Fields {
  return { [part]: compact(part === 'target' ? { type, ...values } : values) };
}

function resourceTarget(values: Fields, part: Part): Fields {
  const averageUtilization = values[`${part}AverageUtilization`];
  const averageValue = values[`${part}AverageValue`];
  const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return valuesOf(part, type, { averageValue, averageUtilization });
}

/** The behaviour under Go's field names, with null for fields that are not set. */
export function behaviorToV1(behavior: unknown): Fields {
  const { scaleUp, scaleDown } = fieldsOf(behavior);
  return { ScaleUp: rulesToV1(scaleUp), ScaleDown: rulesToV1(scaleDown) };
}

function rulesToV1(rules: unknown): Fields | null {
  if (!rules) return null;
  const { stabilizationWindowSeconds = null, selectPolicy = null, policies, tolerance = null } = fieldsOf(rules);
  return {
    StabilizationWindowSeconds: stabilizationWindowSeconds,
    SelectPolicy: selectPolicy,
    Policies: Array.isArray(policies)
      ? policies.map(fieldsOf).map(({ type, value, periodSeconds }) => ({
          Type: type,
          Value: value,
          PeriodSeconds: periodSeconds,
        }))
      : null,
    Tolerance: tolerance,
  };
}

/** The names of all fields that the annotations may have, by their lower case. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...['type', ...SOURCES, 'target', 'kind', 'name', 'apiVersion', 'container', 'metricName', 'averageValue'],
    ...['selector', 'metricSelector', 'matchLabels', 'matchExpressions', 'key', 'operator', 'values'],
    ...['Value', 'AverageValue', 'AverageUtilization'].flatMap((value) => [`target${value}`, `current${value}`]),
    ...['scaleUp', 'scaleDown', 'stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'],
    ...['value', 'periodSeconds', 'status', 'lastTransitionTime', 'reason', 'message'],
  ].map((name) => [name.toLowerCase(), name]),
);

/** The value of an annotation under the names of its fields, as Go reads them in any case. */
export function withFieldNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFieldNames);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([given, inner]) => {
      const name = NAMES.get(given.toLowerCase()) ?? given;
      return [name, name === 'matchLabels' ? inner : withFieldNames(inner)];
    }),
  );
}
