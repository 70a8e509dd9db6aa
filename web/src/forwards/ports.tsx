/** The ports of a pod or Service: each opens in a tab, at a site of its own, and closes here. */
import { useEffect, useState } from 'preact/hooks';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod } from '../../../kube/types.ts';
import type { ForwardTarget } from '../../../wire/forwards.ts';
import { isSimulated } from '../../../wire/nodes.ts';
import { attempt } from '../account/section.tsx';
import { useLoaded } from '../account/use-loaded.ts';
import type { Cluster } from '../api/cluster.ts';
import { needText, type ResourceRule, refusedNeed, rulesIn } from '../resources/actions/rights.ts';
import { CopyButton } from '../resources/copy-button.tsx';
import { notify } from '../ui/notices.tsx';
import './forwards.css';
import { t } from './messages.ts';
import { OtherPort } from './other-port.tsx';
import { forwardLine, isSame, type Kind, type Port, portsOf } from './ports-of.ts';
import { closeForward, type Forwards, listForwards, openForward } from './requests.ts';

interface PortsProps {
  cluster: Cluster;
  kind: Kind;
  object: KubeObject;
}

/** The tab trades its ticket for the forward meanwhile. Milliseconds. */
const LOOK_MS = 700;
const LOOKS = 8;

export function Ports({ cluster, kind, object }: PortsProps) {
  const { namespace = '', name = '' } = object.metadata;
  const { value: forwards, reload } = useLoaded(listForwards);
  const [problem, setProblem] = useState<string>();
  const [rules, setRules] = useState<readonly ResourceRule[]>();
  useEffect(() => {
    let current = true;
    if (!cluster.past) void rulesIn(cluster.api, namespace, Date.now()).then((found) => current && setRules(found));
    return () => {
      current = false;
    };
  }, [cluster, namespace]);
  useEffect(() => {
    const look = () => void reload();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [reload]);
  if (cluster.past) return null;

  const targetOf = ({ port, scheme }: Pick<Port, 'port' | 'scheme'>): ForwardTarget => ({
    ...{ kind, namespace, name, port, scheme },
  });
  const openOf = (target: ForwardTarget) =>
    forwards?.items.filter((each) => each.cluster === cluster.ref.id && isSame(each.target, target)) ?? [];
  const open = async (target: ForwardTarget): Promise<void> => {
    setProblem(undefined);
    try {
      await openForward(cluster, target);
    } catch (error) {
      return setProblem((error as Error).message);
    }
    const before = new Set(openOf(target).map(({ id }) => id));
    for (let look = 0; look < LOOKS; look++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const { items } = await listForwards();
      if (items.some((each) => isSame(each.target, target) && !before.has(each.id))) break;
    }
    await reload();
  };
  const close = async (id: string): Promise<void> => {
    await closeForward(id);
    notify(t('closed'));
    await reload();
  };

  const declared = portsOf(kind, object);
  // Ports that are open and declared nowhere.
  const others = (forwards?.items ?? [])
    .filter(({ cluster: id, target }) => id === cluster.ref.id && isOf(target, { kind, namespace, name }))
    .filter(({ target }) => !declared.some((port) => isSame(targetOf(port), target)))
    .map(({ target }): Port => ({ port: target.port, scheme: target.scheme, protocol: 'TCP' }));
  const shown = [...declared, ...new Map(others.map((each) => [`${each.scheme}${each.port}`, each])).values()];
  const hindrance = hindranceOf({ cluster, kind, object, rules, forwards });
  return (
    <section class="ports">
      <h2>{t('ports')}</h2>
      {hindrance && <p class="about">{hindrance}</p>}
      {shown.length === 0 && kind === 'services' && <p class="empty">{t('noServicePorts')}</p>}
      {shown.length === 0 && kind === 'pods' && !hindrance && <p class="empty">{t('noPorts')}</p>}
      <ul class="rows">
        {shown.map((port) => (
          <li key={`${port.port}/${port.protocol}/${port.scheme}`}>
            <PortLine
              port={port}
              line={forwardLine(kind, namespace, name, port.port)}
              onOpen={hindrance === undefined && forwards ? () => open(targetOf(port)) : undefined}
            />
            {openOf(targetOf(port)).map(({ id, site }) => (
              <div key={id} class="about is-open">
                <span>
                  {t.parts('isOpen', {
                    site: (
                      <a href={site} target="_blank" rel="noopener noreferrer">
                        {site}
                      </a>
                    ),
                  })}
                </span>
                <button
                  type="button"
                  aria-label={t('closePort', { port: port.port })}
                  onClick={() => void attempt(() => close(id))}
                >
                  {t('close')}
                </button>
              </div>
            ))}
          </li>
        ))}
      </ul>
      {problem && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {kind === 'pods' && hindrance === undefined && forwards && (
        <OtherPort onOpen={(port) => void open(targetOf({ port, scheme: 'http' }))} />
      )}
    </section>
  );
}

function PortLine({ port, line, onOpen }: { port: Port; line: string; onOpen?: (() => void) | undefined }) {
  const { port: number, name, protocol } = port;
  return (
    <>
      <div class="port">
        <span>
          <b>
            {number}/{protocol}
          </b>{' '}
          {name && <span class="quiet">{name}</span>}
        </span>
        {protocol !== 'TCP' && <span class="about">{t('onlyTcp')}</span>}
        {protocol === 'TCP' && onOpen && (
          <button type="button" class="button" aria-label={t('openPort', { port: number })} onClick={onOpen}>
            {t('open')}
          </button>
        )}
      </div>
      {protocol === 'TCP' && (
        <div class="about mono with-copy">
          <code>{line}</code>
          <CopyButton text={line} />
        </div>
      )}
    </>
  );
}

interface Known extends PortsProps {
  rules: readonly ResourceRule[] | undefined;
  forwards: Forwards | undefined;
}

/** Why nothing opens here, as far as it is known before it is tried. */
function hindranceOf({ cluster, kind, object, rules, forwards }: Known): string | undefined {
  const { name } = object.metadata;
  const need = rules && refusedNeed(rules, [{ verb: 'create', group: '', resource: `${kind}/proxy` }], name);
  if (need) return t('mayNot', { need: needText(need) });
  if (kind === 'pods') {
    const { spec, status } = object as unknown as Pod;
    const node = cluster.nodes.objects.value.get(`/${spec?.nodeName}`);
    if (node && isSimulated(node)) return t('simulated');
    if (status?.phase !== 'Running') return t('notRunning');
  }
  return forwards?.offered === false ? t('noSites') : undefined;
}

function isOf(target: ForwardTarget, { kind, namespace, name }: Pick<ForwardTarget, 'kind' | 'namespace' | 'name'>) {
  return target.kind === kind && target.namespace === namespace && target.name === name;
}
