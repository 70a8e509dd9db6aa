/** Troubles of a pod that has its node, with the next step, in English; the dashboard has Chinese words, too. */

export const TROUBLE_WORDS = {
  failed: 'It has failed{because}',
  waiting: 'Its container {container} does not run{because}',
  slow: 'Its container {container} has been about to start for {minutes} min{because}',
  again: 'Its container {container} was started again once, and ended last with exit code {exitCode}{because}',
  againAndAgain:
    'Its container {container} was started again {count} times, and ended last with exit code {exitCode}{because}',
  notReady: 'It runs and is not ready{because}',
} as const;

/** The next step, by what the reason and its message say. */
export const TROUBLE_ADVICE = {
  imageMissing:
    'The registry has no such image or tag: look for a typing error in the container’s image, and correct it with kubectl edit or kubectl set image.',
  imagePrivate:
    'The registry does not give the image out without signing in, or does not have it: check its name, make a Secret with kubectl create secret docker-registry, and name it in spec.imagePullSecrets.',
  registryAway:
    'The node does not reach the registry: check the registry’s name in the image, and the node’s network and DNS. It is tried again by itself.',
  imagePull:
    'The image could not be pulled: check its name and tag; the message says what the registry answered. It is tried again by itself, less and less often.',
  imageName: 'The image’s name cannot be read: it is like nginx:1.27 or registry.example/team/app:tag, in lower case.',
  imageNeverPull:
    'imagePullPolicy is Never, and the node does not have the image: bring it there, or use IfNotPresent.',
  imageSignature:
    'The node’s rules do not accept the image or its signature: use one that they do, or ask who keeps the node.',
  configMissing:
    'The container uses a ConfigMap or Secret that is not there: make it (kubectl get configmaps,secrets shows those of the namespace), or mark it optional. It then starts by itself.',
  configKey:
    'The ConfigMap or Secret has no such key: kubectl describe configmap NAME shows those that it has. Add the key, or name another one.',
  runAsRoot:
    'runAsNonRoot is set, and the image would run as root: set securityContext.runAsUser, or use an image with a user of its own.',
  config: 'The container’s settings cannot be made as they are asked for: the message says which one.',
  command:
    'The command is not in the image, or cannot be run: check command and args, and that the image has that program.',
  createContainer: 'The container runtime could not make the container: the message says why.',
  hook: 'The container’s lifecycle hook fails, and it is ended for it: check lifecycle.postStart and what it needs.',
  outOfMemory:
    'It used more memory than its limit and was ended: raise resources.limits.memory, or make the program use less.',
  killed:
    'It was killed from outside (137), as when memory runs out or a liveness probe fails: kubectl describe pod {pod} -n {namespace} shows which under Events.',
  crash:
    'The program ends by itself: kubectl logs {pod} -n {namespace} -c {container} --previous shows its last words. It is started again, less and less often.',
  completes:
    'The program ends without an error, and a pod’s containers are to go on running: give it something that does, or make it a Job.',
  slowStart:
    'Volumes, network or image are not ready: kubectl describe pod {pod} -n {namespace} shows under Events what it waits for, such as a ConfigMap or claim that is not there.',
  probe:
    'Its readiness probe does not pass yet, or a container does not run: until then Services send it nothing. kubectl describe pod {pod} -n {namespace} shows the probe’s last answer under Events.',
  gates: 'A readiness gate is not met: who set it (spec.readinessGates) sets the condition of that name once it is.',
  evicted:
    'Its node ran short and put it out. A controller makes another; for one without, apply it again. Requests and limits that fit keep it from happening.',
  deadline: 'It did not end within activeDeadlineSeconds: raise it, or let the program do less.',
  nodeGone: 'Its node was shut down or lost. A controller makes another pod; for one without, apply it again.',
  refusedByNode:
    'Its node did not take it, as something else had the room meanwhile. A controller makes another pod; for one without, apply it again.',
  ended:
    'A container ended with an error, and the pod does not start it again (restartPolicy): kubectl logs {pod} -n {namespace} shows what it said.',
  describe: 'kubectl describe pod {pod} -n {namespace} shows its events.',
} as const;

export type TroubleAdvice = keyof typeof TROUBLE_ADVICE;
