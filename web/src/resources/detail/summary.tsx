/** The summary of an object of any kind. */
import { useState } from 'preact/hooks';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Pod } from '../../../../kube/types.ts';
import type { Cluster } from '../../api/cluster.ts';
import { type ApiResource, findKind, idOf } from '../../api/discovery.ts';
import { pageLink } from '../../api/route.ts';
import { forwardedKind } from '../../forwards/forwarded-kind.ts';
import { Ports } from '../../forwards/ports.tsx';
import { Age } from '../../ui/age.tsx';
import { Conditions, Facts } from '../../ui/facts.tsx';
import { Containers, Troubles } from '../../ui/pod-parts.tsx';
import type { ActionName } from '../actions/index.ts';
import { CopyButton } from '../copy-button.tsx';
import { t } from '../messages.ts';
import { conditionsOf, type Fact, factsOf, keysOf } from './facts-of.ts';
import { ObjectLink } from './link.tsx';

interface SummaryProps {
  cluster: Cluster;
  object: KubeObject;
  resource: ApiResource;
  kinds: readonly ApiResource[];
  mayEdit: boolean;
  onAction(name: ActionName): void;
}

export function Summary({ cluster, object, resource, kinds, mayEdit, onAction }: SummaryProps) {
  const { metadata } = object;
  const { namespace = '', deletionTimestamp, finalizers, ownerReferences, uid } = metadata;
  const conditions = conditionsOf(object);
  const isPod = object.kind === 'Pod' && resource.group === '';
  const ports = forwardedKind(resource);
  return (
    <>
      {deletionTimestamp && (
        <p class="notice busy">
          {t.parts('isDeleting', {
            age: <Age since={deletionTimestamp} />,
            finalizers: <span>{finalizers?.join(', ') ?? '–'}</span>,
          })}
        </p>
      )}
      {isPod && <Troubles pod={object as unknown as Pod} leadsOn={!cluster.past} />}
      <Facts
        facts={[
          ...(namespace ? [[t('namespace'), namespace] as const] : []),
          [t('age'), <Age since={metadata.creationTimestamp} />],
          ...(ownerReferences?.length
            ? [
                [
                  t('owner'),
                  ownerReferences.map((owner) => (
                    <ObjectLink
                      key={owner.uid}
                      of={{ namespace, name: owner.name }}
                      resource={findKind(kinds, owner.apiVersion, owner.kind)}
                      text={`${owner.kind}/${owner.name} `}
                    />
                  )),
                ] as const,
              ]
            : []),
          ...(uid
            ? [
                [
                  t('uid'),
                  <span class="with-copy">
                    <span class="mono">{uid}</span>
                    <CopyButton text={uid} />
                  </span>,
                ] as const,
              ]
            : []),
        ]}
      />
      {isPod && <Containers pod={object as unknown as Pod} />}
      {ports && <Ports key={uid} cluster={cluster} kind={ports} object={object} />}
      <FactsOf title="Spec" facts={factsOf(object, 'spec')} />
      <FactsOf title="Status" facts={factsOf(object, 'status')} />
      {(object.kind === 'ConfigMap' || object.kind === 'Secret') && <Pairs title="Data" pairs={keysOf(object)} />}
      {conditions.length > 0 && <Conditions conditions={conditions} />}
      <Pairs
        title={t('labels')}
        pairs={Object.entries(metadata.labels ?? {})}
        hrefOf={([key, value]) =>
          pageLink('resources', { resource: idOf(resource), params: { labels: `${key}=${value}` } })
        }
        onEdit={mayEdit ? () => onAction('editLabels') : undefined}
      />
      <Pairs
        title={t('annotations')}
        pairs={Object.entries(metadata.annotations ?? {})}
        onEdit={mayEdit ? () => onAction('editAnnotations') : undefined}
      />
    </>
  );
}

/** The names of fields are Kubernetes' own, in every language. */
function FactsOf({ title, facts }: { title: string; facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <section class="facts-of">
      <h2>{title}</h2>
      <Facts facts={facts} />
    </section>
  );
}

interface PairsProps {
  title: string;
  pairs: readonly Fact[];
  /** Where a pair leads. */
  hrefOf?: (pair: Fact) => string;
  onEdit?: () => void;
}

function Pairs({ title, pairs, hrefOf, onEdit }: PairsProps) {
  return (
    <section>
      <h2 class="with-edit">
        {title}
        {onEdit && (
          <button type="button" aria-label={`${t('edit')}: ${title}`} onClick={onEdit}>
            {t('edit')}
          </button>
        )}
      </h2>
      {pairs.length === 0 && <p class="empty pairs">{t('none')}</p>}
      <ul class="pairs mono">
        {pairs.map(([key, value]) => (
          <li key={key}>
            <span class="quiet">{key}</span>{' '}
            {hrefOf ? (
              <a href={hrefOf([key, value])} title={t('withLabel')}>
                {value || '""'}
              </a>
            ) : (
              <LongText text={value} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Longer texts, such as a last-applied configuration, are folded away. */
const FOLDED = 160;

function LongText({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  if (text.length <= FOLDED) return <span>{text}</span>;
  return (
    <span>
      {open ? text : `${text.slice(0, FOLDED)}… `}{' '}
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('less') : t('more')}
      </button>
    </span>
  );
}
