/** The details of one step at its place. */
import { useState } from 'preact/hooks';
import { formatOffset, type StepRequest, type TraceStep } from '../../../wire/trace.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { ObjectDiff } from '../history/object-diff.tsx';
import { kindId } from '../history/object-path.ts';
import { locale } from '../i18n/index.ts';
import { causeOf } from '../kinds/story.ts';
import { Facts } from '../ui/facts.tsx';
import type { Frame } from './frames.ts';
import { t } from './messages.ts';
import { StepDecision } from './step-decision.tsx';
import { whatWords } from './what-words.ts';

interface StepDetailProps {
  cluster: Cluster;
  frame: Frame;
  steps: readonly TraceStep[];
}

const MAX_NAMES = 6;

export function StepDetail({ cluster, frame, steps }: StepDetailProps) {
  const [step] = frame.steps;
  const many = frame.steps.length > 1;
  const what = whatWords(step.parts, many);
  return (
    <div class="step-detail">
      <h2 class="at">
        {t(frame.stage)}
        <span class="quiet">
          {' '}
          {formatOffset(step.offset)} · {new Date(step.at).toLocaleTimeString(locale.value)}
        </span>
      </h2>
      <p>
        {step.who}: <b>{many ? t('many', { count: frame.steps.length, what }) : what}</b>
      </p>
      <Names steps={frame.steps} />
      <AtPlace cluster={cluster} frame={frame} step={step} steps={steps} />
    </div>
  );
}

function Names({ steps }: { steps: Frame['steps'] }) {
  return (
    <p class="names">
      {steps.slice(0, MAX_NAMES).map(({ object }) => {
        const { namespace, name } = object;
        const href = linkTo({ selected: { kind: kindId(object), namespace, name } });
        return (
          <a key={`${object.kind}/${name}`} href={href}>
            {object.kind.toLowerCase()}/{name}
          </a>
        );
      })}
      {steps.length > MAX_NAMES && <span class="quiet">{t('andMore', { count: steps.length - MAX_NAMES })}</span>}
    </p>
  );
}

function AtPlace({ cluster, frame, step, steps }: StepDetailProps & { step: TraceStep }) {
  const { request } = step;
  switch (frame.stage) {
    case 'request':
      return request ? <RequestFacts request={request} /> : <Cause step={step} steps={steps} />;
    case 'authentication':
      return request ? <Known request={request} /> : null;
    case 'authorization':
      return <p>{request?.allowed ?? t(request?.token ? 'allowedAll' : 'allowedUnknown')}</p>;
    case 'admission':
      return <Admission step={step} />;
    case 'revision':
      return (
        <>
          <p>{t('stored', { revision: step.revision })}</p>
          <Change key={step.revision} cluster={cluster} step={step} />
        </>
      );
    default:
      return (
        <>
          <Cause step={step} steps={steps} />
          {step.changed && <Admission step={step} />}
          {frame.stage === 'scheduler' && <StepDecision key={step.revision} cluster={cluster} step={step} />}
          <Change key={`change ${step.revision}`} cluster={cluster} step={step} />
        </>
      );
  }
}

function RequestFacts({ request: { verb, subresource, agent, manager, id } }: { request: StepRequest }) {
  return (
    <Facts
      facts={[
        [t('verb'), subresource ? `${verb} (${subresource})` : verb],
        ...(agent ? [[t('program'), agent] as const] : []),
        ...(manager ? [[t('manager'), manager] as const] : []),
        [t('auditId'), <span class="mono">{id}</span>],
      ]}
    />
  );
}

function Known({ request: { user, token, impersonator } }: { request: StepRequest }) {
  return (
    <Facts
      facts={[
        [t('user'), user],
        ...(impersonator ? [[t('actsFor'), impersonator] as const] : []),
        [t('knownBy'), tokenWords(token)],
      ]}
    />
  );
}

function tokenWords(token: string | undefined): string {
  switch (token) {
    case undefined:
      return t('tokenNone');
    case 'session':
      return t('tokenSession');
    case 'cluster':
      return t('tokenCluster');
    case 'account':
      return t('tokenAccount');
    case 'service-account':
      return t('tokenServiceAccount');
    default:
      return t('tokenOther', { use: token });
  }
}

function Admission({ step: { changed, annotations } }: { step: TraceStep }) {
  return (
    <>
      <p>{t(changed ? 'admissionChanged' : 'admissionNone')}</p>
      {changed && (
        <Facts facts={Object.entries(changed).map(([plugin, parts]) => [plugin, parts.join(', ')] as const)} />
      )}
      {annotations && (
        <>
          <h3>{t('annotations')}</h3>
          <Facts facts={Object.entries(annotations)} />
        </>
      )}
    </>
  );
}

function Cause({ step, steps }: { step: TraceStep; steps: readonly TraceStep[] }) {
  const cause = causeOf(step, steps);
  if (cause === undefined) return null;
  const text =
    typeof cause === 'number'
      ? t('causeRevision', { revision: cause })
      : t('causeAt', {
          object: `${cause.object.kind.toLowerCase()}/${cause.object.name}`,
          time: formatOffset(cause.offset),
        });
  return <Facts facts={[[t('because'), text]]} />;
}

/** Loaded when it is asked for: it is the editor's. */
function Change({ cluster, step }: { cluster: Cluster; step: TraceStep }) {
  const [open, setOpen] = useState(false);
  const { object, revision, parts } = step;
  const [first] = parts;
  const isNew = first?.code === 'created' || first?.code === 'createdWith';
  const isGone = first?.code === 'deleted';
  return (
    <>
      <button type="button" class="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('showChange')}
      </button>
      {open && <ObjectDiff cluster={cluster} of={object} from={isNew ? 0 : revision - 1} to={isGone ? 0 : revision} />}
    </>
  );
}
