/** Shared by the commands beneath `kubectl set`. */
import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import { strategicMerge } from '../../../../../kube/machinery/patch/strategic.ts';
import type { Context } from '../../context.ts';
import { CommandError, StatusError, throwAll } from '../../errors.ts';
import type { Flag } from '../../flags/define.ts';
import { all, dryRunOf, reporter, SELECTOR, writeFlags, writeQuery } from '../../resources/changes.ts';
import { filenameFlags } from '../../resources/files.ts';
import { type Info, infoPath, objectName } from '../../resources/info.ts';
import { findObjects } from '../../resources/query.ts';

export const setterFlags = (): Flag[] => [
  ...writeFlags('kubectl-set'),
  ...filenameFlags('identifying the resource to change.'),
  SELECTOR,
  all('Select all resources, in the namespace of the specified resource types'),
];

export interface Setter {
  resources: readonly string[];
  done: string;
  /** The words before a refusal's own. */
  failure: string;
  /** Undefined where nothing changes. What it throws is told with the object. */
  patch(info: Info): object | undefined;
}

export async function changeAll(context: Context, { resources, done, failure, patch }: Setter): Promise<void> {
  const { flags } = context;
  const { infos, errors } = await findObjects(context, {
    args: resources,
    files: true,
    latest: true,
    labelSelector: flags.string('selector'),
    emptySelector: flags.bool('all'),
  });
  throwAll(errors);
  const problems: unknown[] = [];
  const report = reporter(context);
  for (const info of infos) {
    try {
      const change = patch(info);
      if (!change) continue;
      const isLocal = dryRunOf(context) === 'client';
      const object = isLocal
        ? (strategicMerge(info.object as never, change as never, undefined) as unknown as KubeObject)
        : await context.client.patch(infoPath(context, info), 'strategic', change, writeQuery(context));
      report(object, done);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof StatusError) problems.push(new CommandError(`${failure}${message}`));
      else if (message.startsWith('error: ')) problems.push(error);
      else problems.push(new CommandError(`error: ${objectName(info)} ${message}\n`));
    }
  }
  throwAll(problems);
}
