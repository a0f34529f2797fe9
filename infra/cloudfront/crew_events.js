import cf from 'cloudfront';

// Which of the two functions answers below /events/. Runs at each viewer's request there
// (cloudfront-js-2.0). The crew's pages are the public function's; what a service or the
// staff change is the office's, which knows their key and their sessions.

/** Sends a request with the service key, and a change, to the office's function. */
function handler(event) {
  const request = event.request;
  if (request.method === 'PATCH' || 'x-service-key' in request.headers) {
    cf.selectRequestOriginById('dispatch');
  }
  return request;
}
