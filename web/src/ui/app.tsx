/** Sign-in state, and the choice of cluster. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { route } from '../api/route.ts';
import {
  type ClusterRef,
  chooseCluster,
  clustersChanged,
  explain,
  listClusters,
  loadPerson,
  methods,
  person,
  type Reason,
  signedOut,
} from '../api/session.ts';
import { ClusterPage } from './cluster-page.tsx';
import { Lazy } from './lazy.tsx';
import { NoCluster } from './no-cluster.tsx';
import { t } from './shell/messages.ts';
import { ACCOUNT_PAGE, CLUSTERS_PAGE, DEVICE_PAGE } from './shell/own-commands.ts';

const RETRY_MS = 2_000;

const signIn = () => {
  // The page needs them as soon as it is there, and asks again where that failed.
  void methods().catch(() => {});
  return import('../account/sign-in.tsx');
};
const accountPage = () => import('../account/account-page.tsx');
const linkPage = () => import('../sharing/link-page.tsx');
const openingPage = () => import('../opening/opening-page.tsx');
const clustersPage = () => import('../clusters/clusters-page.tsx');
const devicePage = () => import('../account/access/device-page.tsx');

export function App() {
  const [clusters, setClusters] = useState<ClusterRef[]>();
  const [problem, setProblem] = useState<Reason>();
  const [asked, setAsked] = useState(0);
  /** A person who has a link to a cluster asked to sign in first. */
  const [signsIn, setSignsIn] = useState(false);
  /** Of a question that was asked before somebody signed in, the answer is old. */
  const era = useRef(0);
  const askAnew = (): void => setAsked((count) => count + 1);
  /** The page goes on where it was. */
  const onSignedIn = (list?: ClusterRef[]): void => {
    era.current++;
    setClusters(list);
    setProblem(undefined);
    person.value = undefined;
    signedOut.value = false;
    if (list) void loadPerson().catch(() => {});
    else askAnew();
  };
  useEffect(() => {
    let timer: number | undefined;
    const ask = (): void => {
      window.clearTimeout(timer);
      const began = era.current;
      listClusters().then(
        (list) => {
          if (began !== era.current) return;
          setClusters(list);
          setProblem(undefined);
          // Another page of this browser may have signed in.
          signedOut.value = false;
          // Nothing of the page waits for it.
          if (!person.peek()) void loadPerson().catch(() => {});
        },
        (error: unknown) => {
          if (began !== era.current) return;
          const reason = explain(error);
          setProblem(reason);
          if (reason.passes) timer = window.setTimeout(ask, RETRY_MS);
        },
      );
    };
    ask();
    // Clusters come and go while the page is elsewhere.
    window.addEventListener('focus', ask);
    return () => {
      window.removeEventListener('focus', ask);
      window.clearTimeout(timer);
    };
  }, [asked, clustersChanged.value]);

  const { link, manifest, template } = route.value.params;
  if ((manifest !== undefined || template !== undefined) && (clusters !== undefined || signedOut.value)) {
    const props = { manifest, template, signedIn: !signedOut.value, opened: onSignedIn };
    return <Lazy load={openingPage} props={props} />;
  }
  if (link !== undefined && (clusters !== undefined || (signedOut.value && !signsIn))) {
    const props = {
      token: link,
      signedIn: !signedOut.value,
      signIn: () => setSignsIn(true),
      accepted: () => onSignedIn(),
    };
    return <Lazy load={linkPage} props={props} />;
  }
  if (signedOut.value) {
    return <Lazy load={signIn} props={{ onSignedIn, isOver: clusters !== undefined && signedOut.value === 'lost' }} />;
  }
  if (route.value.page === ACCOUNT_PAGE) return <Lazy load={accountPage} props={{}} />;
  if (route.value.page === DEVICE_PAGE && clusters) return <Lazy load={devicePage} props={{}} />;
  if (route.value.page === CLUSTERS_PAGE && clusters) return <Lazy load={clustersPage} props={{ clusters }} />;
  if (!clusters) {
    return (
      <p class={`notice page-notice ${problem ? 'bad' : 'quiet'}`} role="status">
        {problem ? problem.text() : t('connecting')}
        {problem?.passes && ` ${t('tryingAgain')}`}
      </p>
    );
  }
  const wanted = route.value.cluster;
  const chosen = chooseCluster(clusters, wanted);
  if (chosen) return <ClusterPage key={chosen.id} chosen={chosen} clusters={clusters} />;
  return <NoCluster wanted={wanted} clusters={clusters} onCreated={askAnew} />;
}
