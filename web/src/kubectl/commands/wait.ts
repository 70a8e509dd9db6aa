/** `kubectl wait` */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { CommandError, isNotFound, StatusError, throwAll } from '../errors.ts';
import { array, bool, duration } from '../flags/define.ts';
import { findResults, goText, relaxed } from '../print/jsonpath/evaluate.ts';
import { parseTemplate } from '../print/jsonpath/parse.ts';
import { outputFlags } from '../print/printer.ts';
import { ALL_NAMESPACES, FIELD_SELECTOR, reporter, SELECTOR } from '../resources/changes.ts';
import { filenameFlags } from '../resources/files.ts';
import { type Info, objectName } from '../resources/info.ts';
import { findObjects } from '../resources/query.ts';
import { until } from '../resources/until.ts';

export const wait: Command = {
  name: 'wait',
  section: 'Advanced Commands',
  short: 'Wait for a specific condition on one or many resources',
  examples: `
# Until a pod is ready
kubectl wait pod/web --for=condition=Ready --timeout=60s

# Until a field has a value
kubectl wait pod/web --for=jsonpath='{.status.phase}'=Running

# Until it is gone
kubectl wait pod/web --for=delete`,
  args: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  completes: 'types-and-names',
  flags: [
    ...outputFlags(),
    ...filenameFlags('identifying the resource.'),
    SELECTOR,
    FIELD_SELECTOR,
    ALL_NAMESPACES,
    bool('all', 'Select all resources in the namespace of the specified resource types'),
    array(
      'for',
      "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]].",
    ),
    duration(
      'timeout',
      "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.",
      { byDefault: '30s' },
    ),
  ],
  run,
};

const WEEK = 7 * 24 * 3600 * 1000;

type Check = { type: 'create' } | { type: 'delete' } | { type: 'holds'; holds(object: KubeObject): boolean };

async function run(context: Context): Promise<void> {
  const { flags } = context;
  const given = flags.list('for');
  if (given.length === 0) throw new CommandError('unrecognized condition: []');
  const checks = given.map(checkOf).sort((a, b) => Number(b.type === 'create') - Number(a.type === 'create'));
  const isForDeletion = checks.some(({ type }) => type === 'delete');
  const timeout = flags.duration('timeout') < 0 ? WEEK : flags.duration('timeout');
  const deadline = context.now + timeout;
  const infos = await chosen(context, checks, isForDeletion, deadline);
  if (infos.length === 0) {
    if (isForDeletion) return;
    throw new CommandError('no matching resources found');
  }
  const report = reporter(context);
  const problems: unknown[] = [];
  for (const info of infos) {
    try {
      const object = await met(context, info, checks, timeout, deadline);
      report(object ?? stub(info), 'condition met');
    } catch (error) {
      problems.push(error);
    }
  }
  throwAll(problems);
}

async function chosen(
  context: Context,
  checks: readonly Check[],
  isForDeletion: boolean,
  deadline: number,
): Promise<Info[]> {
  const { flags, args } = context;
  const query = {
    args,
    files: true,
    latest: true,
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
    all: flags.bool('all'),
  };
  const isForCreation = checks.some(({ type }) => type === 'create');
  for (;;) {
    const { infos, errors } = await findObjects(context, query);
    const missing = errors.filter(isNotFound);
    if (missing.length < errors.length) throwAll(errors.filter((error) => !isNotFound(error)));
    if (!isForCreation || infos.length > 0) {
      if (!isForDeletion) throwAll(missing);
      return infos;
    }
    if (context.now >= deadline) throw new CommandError('timed out waiting for the condition');
    await context.sleep(500);
    if (context.io.signal.aborted) throw new CommandError('interrupted', 130);
  }
}

function stub({ mapping, name }: Info): KubeObject {
  const apiVersion = mapping.group === '' ? mapping.version : `${mapping.group}/${mapping.version}`;
  return { apiVersion, kind: mapping.kind, metadata: { name } };
}

async function met(
  context: Context,
  info: Info,
  checks: readonly Check[],
  timeout: number,
  deadline: number,
): Promise<KubeObject | undefined> {
  let object = info.object;
  for (const check of checks) {
    if (check.type === 'create') continue;
    if (timeout === 0) {
      if (check.type === 'delete' || !check.holds(object as KubeObject))
        throw new CommandError(`condition not met for ${objectName(info)}`);
      continue;
    }
    const { uid } = (info.object as KubeObject).metadata;
    const left = Math.max(deadline - context.now, 0);
    if (check.type === 'delete')
      await timed(info, () => until(context, info, left, (now) => !now || now.metadata.uid !== uid));
    else
      object = await timed(info, () =>
        until(context, info, left, (now) => existing(info, now) && check.holds(now as KubeObject)),
      );
  }
  return object;
}

function existing({ mapping, name }: Info, object: KubeObject | undefined): boolean {
  if (object) return true;
  const resource = mapping.group === '' ? mapping.resource : `${mapping.resource}.${mapping.group}`;
  throw new StatusError({ reason: 'NotFound', message: `${resource} ${JSON.stringify(name)} not found`, code: 404 });
}

async function timed<T>({ mapping, name }: Info, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    if (!(error as Error).message.startsWith('timed out')) throw error;
    throw new CommandError(`timed out waiting for the condition on ${mapping.resource}/${name}`);
  }
}

function checkOf(text: string): Check {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { type: 'delete' };
  if (lower === 'create') return { type: 'create' };
  if (text.startsWith('condition=')) return conditionCheck(text.slice('condition='.length));
  if (text.startsWith('jsonpath=')) return pathCheck(text.slice('jsonpath='.length));
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`);
}

interface Condition {
  type?: string;
  status?: string;
  observedGeneration?: number;
}

function conditionCheck(text: string): Check {
  const equals = text.indexOf('=');
  const [name, wanted] = equals < 0 ? [text, 'true'] : [text.slice(0, equals), text.slice(equals + 1)];
  const holds = ({ metadata, status }: KubeObject): boolean => {
    const { conditions = [], observedGeneration } = (status ?? {}) as {
      conditions?: Condition[];
      observedGeneration?: number;
    };
    const condition = conditions.find(({ type }) => type?.toLowerCase() === name.toLowerCase());
    if (!condition) return false;
    const observed = condition.observedGeneration ?? observedGeneration;
    if (observed !== undefined && observed < (metadata.generation ?? 0)) return false;
    return condition.status?.toLowerCase() === wanted.toLowerCase();
  };
  return { type: 'holds', holds };
}

/** `'{.status.phase}'=Running`, or a path alone, which is to find anything. */
function pathCheck(text: string): Check {
  const match = /^('?\{[\s\S]*\}'?|[^=]+?)(?:=([\s\S]*))?$/.exec(text);
  const [, path = '', wanted] = match ?? [];
  const bare = path.replace(/^'|'$/g, '');
  if (bare === '' || bare === '{}') throw new CommandError('jsonpath expression cannot be empty');
  if (wanted === '') {
    throw new CommandError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  }
  const template = parseTemplate(relaxed(bare));
  const value = wanted?.replace(/^['"]|['"]$/g, '');
  const holds = (object: KubeObject): boolean => {
    const found = findResults(template, object, { allowMissing: true }).flat();
    if (found.length === 0) return false;
    if (value === undefined) return true;
    if (found.length > 1) throw new CommandError('given jsonpath expression matches more than one value');
    if (typeof found[0] === 'object') throw new CommandError(`jsonpath leads to a nested object`);
    return goText(found[0]) === value.trim();
  };
  return { type: 'holds', holds };
}
