// Where CloudFront looks for a guest page. Runs at each viewer's request below /g/
// (cloudfront-js-2.0: no modules, no Node.js); the application's own page of a guest
// follows the same rules.

const SLUG = /^[a-z2-7]{26}$/;
const NOWHERE = {
  statusCode: 404,
  statusDescription: 'Not Found',
  headers: {
    'cache-control': { value: 'no-store' },
    'content-security-policy': {
      value: "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    },
    'content-type': { value: 'text/html; charset=utf-8' },
    'referrer-policy': { value: 'no-referrer' },
    'strict-transport-security': { value: 'max-age=63072000; includeSubDomains; preload' },
    'x-content-type-options': { value: 'nosniff' },
    'x-frame-options': { value: 'DENY' },
    'x-robots-tag': { value: 'noindex, nofollow' },
  },
  body:
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    + '<meta name="viewport" content="width=device-width"><title>No page here</title>'
    + '<h1>There is no page at this address</h1>'
    + '<p>Please look at the link in your mail again, or ask the office.</p></html>',
};

/**
 * The slug in an address, whatever its case; empty where there is none.
 * @param {string} uri
 */
function slugOf(uri) {
  let path;
  try {
    path = decodeURIComponent(uri);
  } catch (malformed) {
    return '';
  }
  if (!path.startsWith('/g/')) return '';
  const name = path.slice(3).replace(/\/$/, '').toLowerCase().replace(/\.html$/, '');
  return SLUG.test(name) ? name : '';
}

/** Sends a guest page to its file, and answers everything else itself. */
function handler(event) {
  const request = event.request;
  const slug = slugOf(request.uri);
  if (!slug) return NOWHERE;
  request.uri = `/g/${slug}/index.html`;
  request.querystring = {};
  return request;
}
