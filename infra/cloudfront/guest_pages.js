// Where CloudFront looks for a guest page. Runs at each viewer's request below /g/
// (cloudfront-js-2.0: no modules, no Node.js); the application's own page of a guest
// follows the same rules.

const SLUG = /^[a-z2-7]{26}$/;
// No slug is as short. What is asked for there is answered as a slug that nobody has.
const NOWHERE = 'nowhere';

/**
 * The slug in an address, whatever its case; where there is none, that of no page.
 * @param {string} uri
 */
function slugOf(uri) {
  let path;
  try {
    path = decodeURIComponent(uri);
  } catch (malformed) {
    return NOWHERE;
  }
  if (!path.startsWith('/g/')) return NOWHERE;
  const name = path.slice(3).replace(/\/$/, '').toLowerCase().replace(/\.html$/, '');
  return SLUG.test(name) ? name : NOWHERE;
}

/** Sends whoever asks for a guest page to its file. */
function handler(event) {
  const request = event.request;
  request.uri = `/g/${slugOf(request.uri)}/index.html`;
  request.querystring = {};
  return request;
}
