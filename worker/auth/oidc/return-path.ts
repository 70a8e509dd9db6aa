/** The path that a browser goes on to once it is signed in: of this service, or else the dashboard's first page. */
const MAX_PATH = 2000;

export function returnPath(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > MAX_PATH) return '/';
  // Browsers read `//host`, `/\host`, and either with tabs or line breaks in it, as another host.
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted)) return '/';
  const own = 'https://own.invalid';
  const url = URL.parse(wanted, own);
  if (url?.origin !== own) return '/';
  // An answer of the API is no page, and asking for a sign-in again would go round in circles.
  return /^\/(islet|clusters|api|apis|openapi)(\/|$)/.test(url.pathname) ? '/' : wanted;
}
