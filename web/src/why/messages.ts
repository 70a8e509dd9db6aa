import { TROUBLE_ADVICE, TROUBLE_WORDS } from '../../../kube/pod-lifecycle/trouble-words.ts';
import { ADVICE_WORDS, DETAIL_WORDS } from '../../../kube/scheduling/advice-words.ts';
import { HEADLINES, OTHER_ADVICE, PREFERENCES } from '../../../wire/why-words.ts';
import { messages } from '../i18n/index.ts';

export const t = messages({
  en: {
    asking: 'Asking the scheduler…',
    helps: 'What helps',
    next: 'What to do next',
    nodes: 'Nodes',
    node: 'Node',
    total: 'Total',
    whyNot: 'Why not',
    moreNodes: { one: 'and {count} more node', other: 'and {count} more nodes' },
    decided: ' (decided {ago} ago)',
    atNodes: '{nodes}: {text}',
    withDetail: '{reason} ({detail})',
    because: ': {text}',
    comma: ', ',
    andOthers: '{names} and others',
    seconds: '{count} s',
    minutes: '{count} min',
    hours: '{count} h',
    noPods: 'It has no pods. The tabs Events and Story tell more.',
    allWell: {
      one: 'Its one pod is on a node, and nothing is wrong.',
      other: 'All {count} pods are on nodes, and nothing is wrong.',
    },
    alikeUnplaced: { one: '{count} pod has no node', other: '{count} pods have no node, for the same reason' },
    alikeBroken: {
      one: '{count} pod does not run as it should',
      other: '{count} pods do not run as they should, for the same reason',
    },
    andMore: 'and {count} more',
    notMade: 'Its pods cannot be made: {message}',
    stuck: 'Its rollout does not go on: {message}',
    logs: 'Logs',
    events: 'Events',
  },
  zh: {
    asking: '正在询问调度器…',
    helps: '解决办法',
    next: '下一步',
    nodes: '节点',
    node: '节点',
    total: '总分',
    whyNot: '未选中的原因',
    moreNodes: '以及另外 {count} 个节点',
    decided: '（{ago}前决定）',
    atNodes: '{nodes}：{text}',
    withDetail: '{reason}（{detail}）',
    because: '：{text}',
    comma: '，',
    andOthers: '{names} 等',
    seconds: '{count} 秒',
    minutes: '{count} 分钟',
    hours: '{count} 小时',
    noPods: '它没有 Pod。“事件”和“经过”标签页有更多信息。',
    allWell: '全部 {count} 个 Pod 都在节点上，没有问题。',
    alikeUnplaced: '{count} 个 Pod 没有节点，原因相同',
    alikeBroken: '{count} 个 Pod 运行不正常，原因相同',
    andMore: '还有 {count} 个',
    notMade: '无法创建它的 Pod：{message}',
    stuck: '它的上线没有进展：{message}',
    logs: '日志',
    events: '事件',
  },
});

export const headline = messages({
  en: HEADLINES,
  zh: {
    gated: 'Pod {pod} 在等待它的调度门：{gates}',
    gatedNext: '设置它们的一方会把它们从 spec.schedulingGates 中移除，在此之前调度器不会考虑它。',
    foreign: 'Pod {pod} 交给了调度器 {scheduler}，它不是 Islet 的',
    foreignNext: '启动那个调度器，或者不带 spec.schedulerName 重新创建 Pod。',
    off: 'Pod {pod} 在等待你自己的调度器：这个集群创建时没有调度器',
    held: 'Pod {pod} 被 {plugin} 挡在调度队列之外：{reasons}',
    heldNext: '情况改变后会立即重试。',
    nodeMissing: 'Pod {pod} 在 {node} 上，但该节点不存在',
    nodeMissingNext: '节点消失后，其上的 Pod 会在 40 秒后被删除。不带 spec.nodeName 的新 Pod 会得到一个存在的节点。',
    named: 'Pod {pod} 在 {node} 上：创建时 spec.nodeName 就指定了它，因此没有询问调度器',
    on: 'Pod {pod} 在 {node} 上',
    onNominated: 'Pod {pod} 在 {node} 上：已为它在该节点上腾出空间或卷，因此没有考虑其他节点{when}',
    onOnly: 'Pod {pod} 在 {node} 上：这是唯一的节点{when}',
    onOnlyPassed: 'Pod {pod} 在 {node} 上：{nodes} 个节点中只有它通过了所有过滤器{when}',
    onBest: 'Pod {pod} 在 {node} 上：{nodes} 个节点中有 {passed} 个通过了所有过滤器，它的得分最高{when}',
    onChance:
      'Pod {pod} 在 {node} 上：{nodes} 个节点中有 {passed} 个通过了所有过滤器，其中 {equal} 个同为最高分，随机选取了一个{when}',
    unplaced: 'Pod {pod} 没有节点{when}',
    said: '{text}',
    waits: 'Pod {pod} 在排队：调度器还没有作出决定',
    waitsNext: '请稍后再看。',
    forgotten: '这个决定已不再保留：只保留最近几百个中不超过 256 KB 的部分。',
  },
});

export const otherAdvice = messages({
  en: OTHER_ADVICE,
  zh: {
    noNodes: '集群没有节点：npx islet nodes add 1 添加一个模拟节点，npx islet join 让一台机器成为节点。',
    broken:
      '出了问题，但不是节点的原因，几秒后会自动重试该 Pod。消息中的地址属于某个扩展程序（kube-system 的 ConfigMap kube-scheduler）：启动它、把它移除，或设置 ignorable: true。',
  },
});

export const preference = messages({
  en: PREFERENCES,
  zh: {
    leastAllocated: '放置之后剩余更多 CPU 和内存',
    mostAllocated: '放置之后剩余更少 CPU 和内存：逐个填满节点',
    ratio: 'CPU 和内存的使用符合配置所要求的形状',
    balanced: 'CPU 和内存按均匀的比例使用',
    devices: '它偏好的设备',
    images: '镜像已在节点上',
    podsNear: '附近有它偏好的 Pod，没有它回避的 Pod',
    labels: 'Pod 偏好的标签',
    spread: '同一区域或同一节点上同类 Pod 较少',
    taints: '较少宁愿排斥该 Pod 的污点（PreferNoSchedule）',
    volumes: '与其卷声明贴合的卷',
    own: '你自己的插件',
    extender: '位于此地址的扩展程序',
  },
});

export const troubleWords = messages({
  en: TROUBLE_WORDS,
  zh: {
    failed: '它已失败{because}',
    waiting: '它的容器 {container} 没有运行{because}',
    slow: '它的容器 {container} 即将启动，已经等了 {minutes} 分钟{because}',
    again: '它的容器 {container} 重新启动过一次，上次以退出码 {exitCode} 结束{because}',
    againAndAgain: '它的容器 {container} 重新启动了 {count} 次，上次以退出码 {exitCode} 结束{because}',
    notReady: '它在运行，但未就绪{because}',
  },
});

export const troubleNext = messages({
  en: TROUBLE_ADVICE,
  zh: {
    imageMissing:
      '镜像仓库没有这个镜像或标签：检查容器的 image 是否拼写有误，用 kubectl edit 或 kubectl set image 更正。',
    imagePrivate:
      '镜像仓库要求登录才能拉取该镜像，或者没有它：检查名称，用 kubectl create secret docker-registry 创建 Secret，并在 spec.imagePullSecrets 中引用它。',
    registryAway: '节点无法访问镜像仓库：检查镜像中的仓库名称，以及节点的网络和 DNS。它会自动重试。',
    imagePull: '无法拉取镜像：检查名称和标签，消息里有镜像仓库的答复。它会自动重试，间隔越来越长。',
    imageName: '镜像名称无法识别：它应类似 nginx:1.27 或 registry.example/team/app:tag，使用小写。',
    imageNeverPull: 'imagePullPolicy 是 Never，而节点上没有该镜像：把镜像放到节点上，或使用 IfNotPresent。',
    imageSignature: '节点的规则不接受该镜像或其签名：使用可接受的镜像，或询问节点的管理者。',
    configMissing:
      '容器使用的 ConfigMap 或 Secret 不存在：创建它（kubectl get configmaps,secrets 显示该命名空间中已有的），或标记为 optional。之后容器会自动启动。',
    configKey:
      '该 ConfigMap 或 Secret 没有这个键：kubectl describe configmap NAME 显示它有哪些键。添加这个键，或引用另一个键。',
    runAsRoot: '设置了 runAsNonRoot，而镜像会以 root 运行：设置 securityContext.runAsUser，或使用有自己用户的镜像。',
    config: '无法按要求生成容器的设置：消息说明了是哪一项。',
    command: '镜像中没有该命令，或者它无法运行：检查 command 和 args，以及镜像中是否有该程序。',
    createContainer: '容器运行时无法创建容器：消息说明了原因。',
    hook: '容器的生命周期钩子失败，因此容器被终止：检查 lifecycle.postStart 及其依赖。',
    outOfMemory: '它使用的内存超过了限制，因此被终止：提高 resources.limits.memory，或让程序少用内存。',
    killed:
      '它被外部终止（137），例如内存不足或存活探针失败：kubectl describe pod {pod} -n {namespace} 的 Events 中有说明。',
    crash:
      '程序自行结束：kubectl logs {pod} -n {namespace} -c {container} --previous 显示它最后的输出。它会再次启动，间隔越来越长。',
    completes: '程序无错误地结束，而 Pod 的容器应持续运行：让它运行一个持续的程序，或改用 Job。',
    slowStart:
      '卷、网络或镜像尚未准备好：kubectl describe pod {pod} -n {namespace} 的 Events 显示它在等什么，例如不存在的 ConfigMap 或卷声明。',
    probe:
      '它的就绪探针尚未通过，或者有容器没有运行：在此之前 Service 不会向它发送请求。kubectl describe pod {pod} -n {namespace} 的 Events 显示探针上次的结果。',
    gates: '有一个就绪门未满足：设置它（spec.readinessGates）的一方会在满足时设置同名的状况。',
    evicted:
      '它的节点资源不足，把它驱逐了。控制器会另建一个，没有控制器的需要重新应用。合适的 requests 和 limits 可以避免这种情况。',
    deadline: '它没有在 activeDeadlineSeconds 内结束：提高该值，或让程序少做一些。',
    nodeGone: '它的节点已关机或失联。控制器会另建一个 Pod，没有控制器的需要重新应用。',
    refusedByNode: '它的节点没有接收它，因为空间已被占用。控制器会另建一个 Pod，没有控制器的需要重新应用。',
    ended:
      '有容器以错误结束，且该 Pod 不会重新启动它（restartPolicy）：kubectl logs {pod} -n {namespace} 显示它的输出。',
    describe: 'kubectl describe pod {pod} -n {namespace} 显示它的事件。',
  },
});

export const detail = messages({
  en: DETAIL_WORDS,
  zh: {
    asks: '要求 {asked}，{all} 中空闲 {free}',
    pods: '{all} 个中已有 {used} 个',
  },
});

export const advice = messages({
  en: ADVICE_WORDS,
  zh: {
    claimMissing:
      'Pod 使用的 PersistentVolumeClaim 不存在：kubectl get pvc 显示其命名空间中已有的。创建之后会重试该 Pod。',
    tooManyPods:
      '这些节点上的 Pod 数已达上限，无论多小（见 kubectl describe node NODE 中的 pods）：删除一些 Pod，或添加节点。',
    notOffered:
      '无论有没有其他 Pod，这些节点都没有 Pod 所要求数量的该资源：kubectl describe node NODE 显示它们提供什么（Allocatable）。节点上的设备插件可以添加，模拟节点用 npx islet nodes set NODE --capacity NAME=2。',
    tooLarge:
      'Pod 要求的比这些节点全空时还多，因此删除其他 Pod 没有帮助：降低其容器的 resources.requests，或添加更大的节点。',
    noneFree:
      'Pod 要求的比这些节点的空闲资源多（kubectl describe node NODE 显示已占用的）：降低其容器的 resources.requests，删除其他 Pod，或添加节点。',
    notReady: '这些节点未就绪：kubectl describe node NODE 说明原因。就绪后污点会自动消失，手动移除会被重新加上。',
    pressure:
      '这些节点有问题（见 kubectl describe node NODE 中的 Conditions）：问题结束后污点会自动消失，手动移除会被重新加上。',
    cordoned: '这些节点已停止调度：kubectl uncordon NODE 让 Pod 可以再次进入。',
    simulated: '这些节点是模拟的，一旦有机器加入集群，Pod 就会去那些机器上。',
    taints:
      '这些节点有排斥 Pod 的污点：给 Pod 加上容忍度（spec.tolerations），或用 kubectl taint node NODE KEY- 移除污点。',
    affinityByName:
      'Pod 按名称要求节点（spec.affinity.nodeAffinity 中对 metadata.name 的 matchFields，DaemonSet 的 Pod 就是这样），而这些是其他节点：kubectl get nodes 显示它们的名称。',
    affinityLabels:
      'Pod 要求这些节点没有的标签（spec.nodeSelector、spec.affinity.nodeAffinity）：kubectl get nodes --show-labels 显示标签，kubectl label node NODE KEY=VALUE 设置标签。',
    nodeName: 'Pod 在 spec.nodeName 中指定的节点不是这个。',
    hostPort: '这些节点上另一个 Pod 有相同的 hostPort：每个节点上一个 hostPort 只能有一个 Pod。Service 不需要它。',
    spreadLabel:
      '这些节点没有用来分布 Pod 的标签（spec.topologySpreadConstraints 中的 topologyKey）：kubectl label node NODE KEY=VALUE 设置它。',
    spread:
      '在这里再放一个 Pod 会使分布不均超过 maxSkew（spec.topologySpreadConstraints）：在 Pod 较少的地方添加节点，提高 maxSkew，或使用 whenUnsatisfiable: ScheduleAnyway。',
    affinityNone:
      'Pod 想靠近其他 Pod（spec.affinity.podAffinity），而这些节点附近没有那样的 Pod：用其规则的标签执行 kubectl get pods -l KEY=VALUE 可查看是否存在。',
    antiAffinityOfOthers:
      '在这些节点上或附近运行的某个 Pod 排斥带有此 Pod 标签的 Pod（它的 spec.affinity.podAntiAffinity）：删除那个 Pod，更改标签，或添加节点。',
    antiAffinity:
      'Pod 回避在这些节点上或附近运行的 Pod（spec.affinity.podAntiAffinity）：每个都需要自己的节点或区域。添加一个，或把规则改为偏好（preferredDuringScheduling…）而不是必须。',
    claimLost: 'Pod 的某个卷声明正在被删除，或失去了它的卷：创建另一个卷声明，并用它重新创建 Pod。',
    claimUnbound:
      'Pod 的某个卷声明还没有卷：kubectl describe pvc NAME 说明它在等什么，kubectl get storageclass 和 kubectl get pv 显示可选的有哪些。',
    volumeElsewhere:
      'Pod 的某个卷在这些节点之外的节点上，Pod 只能在那里运行：kubectl describe pv NAME 说明在哪里（Node Affinity）。',
    volumeUnusable: 'Pod 的某个卷声明没有可从这些节点使用的卷：kubectl describe pvc NAME 说明它在等什么。',
    volumeZone: 'Pod 的某个卷与这些节点不在同一区域。',
    volumeExclusive: 'Pod 的某个卷同一时间只能由一个 Pod 或节点使用，目前正在使用中。',
    volumeLimits: '这些节点挂接的卷已达上限。',
    features: 'Pod 需要其 kubelet 的某个功能，而这些节点没有声明支持。',
    devicesMissing:
      'Pod 的某个 ResourceClaim、其模板或设备类不存在：kubectl get resourceclaims,resourceclaimtemplates 和 kubectl get deviceclasses 显示已有的。创建之后会重试该 Pod。',
    devices: '在这些节点上无法为 Pod 的某个 ResourceClaim 分配设备：kubectl get resourceslices 显示它们提供什么。',
    extender:
      '调度器的一个扩展程序拒绝了这些节点（kube-system 的 ConfigMap kube-scheduler 中的 extenders）：原因由它自己决定。',
  },
});
