import type { KubeObject } from '../../../../../kube/machinery/object.ts';
import type { Command } from '../../command.ts';
import type { Context } from '../../context.ts';
import { CommandError } from '../../errors.ts';
import { splitPairs } from '../../resources/patching.ts';
import { containerPatch, containersMatching, podSpecOf } from '../../resources/pod-spec.ts';
import { changeAll, setterFlags } from './setter.ts';

export const image: Command = {
  name: 'image',
  short: 'Update the image of a pod template',
  examples: `kubectl set image deployment/web nginx=nginx:1.28
kubectl set image deployment/web '*=nginx:1.28'`,
  args: '(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  completes: 'types-and-names',
  flags: setterFlags(),
  run,
};

async function run(context: Context): Promise<void> {
  const { resources, pairs } = splitPairs(context.args, 'image');
  const images = pairs.map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new CommandError(`invalid image format: ${pair}`);
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  const problems: string[] = [];
  if (resources.length === 0 && context.flags.list('filename').length === 0) {
    problems.push('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (images.length === 0) problems.push('at least one image update is required');
  else if (images.length > 1 && images.some(([name]) => name === '*')) {
    problems.push(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    );
  }
  if (problems.length > 0)
    throw new CommandError(problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`);
  await changeAll(context, {
    resources,
    done: 'image updated',
    failure: 'failed to patch image update to pod template: ',
    patch: ({ object }) => {
      const spec = podSpecOf(object as KubeObject);
      const changes = images.flatMap(([name, value]) => {
        const found = containersMatching(spec, name === '*' ? '*' : name);
        if (found.length === 0) throw new CommandError(`error: unable to find container named ${JSON.stringify(name)}`);
        return found
          .filter(({ container }) => container.image !== value)
          .map(({ field, container }) => ({ field, name: container.name, change: { image: value } }));
      });
      return changes.length === 0 ? undefined : containerPatch(object as KubeObject, changes);
    },
  });
}
