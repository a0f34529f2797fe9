/** The doors of the bridge: doPost takes a booking's summary, doGet says who is there. */

/**
 * Takes one signed summary. Google shows an uncaught error as a page of HTML and answers
 * every status with 200, so that each way out of here is JSON.
 * @param {GoogleAppsScript.Events.DoPost} event
 */
function doPost(event) {
  const envelope = envelope_(event?.postData?.contents);
  if (!envelope) return json_(refusal_('bad_request'));
  try {
    return json_(answer_(envelope, new Date()));
  } catch (error) {
    log_(envelope.id, error);
    return json_(refusal_('internal'));
  }
}

/** Says that the script runs and whether its settings are complete; shows none of them. */
function doGet() {
  const faults = settingFaults_();
  const stage = property_('STAGE');
  return json_({ ok: faults.length === 0, service: 'jada-bridge', v: 1, stage, faults });
}

/**
 * Checks in the order of cost and trust: shape (done), signature, age, content; then acts.
 * @param {Envelope} envelope
 * @param {Date} now
 * @returns {Answer}
 */
function answer_(envelope, now) {
  const settings = settings_();
  if (!isSigned_(envelope, settings)) return refusal_('bad_signature');
  if (isStale_(envelope.ts, seconds_(now))) return refusal_('stale');
  const summary = summary_(decoded_(envelope.payload), envelope.id);
  if (!summary) return refusal_('bad_request');
  return record_(envelope.id, summary, settings);
}

/**
 * @param {Code} code
 * @returns {Answer}
 */
function refusal_(code) {
  return { ok: false, code };
}

/** @param {Date} moment */
function seconds_(moment) {
  return Math.floor(moment.getTime() / 1000);
}

/** @param {object} answer */
function json_(answer) {
  const output = ContentService.createTextOutput(JSON.stringify(answer));
  return output.setMimeType(ContentService.MimeType.JSON);
}

/**
 * Ids and stacks only: what guests typed and what they pay never reaches the log.
 * @param {string} id
 * @param {any} error
 */
function log_(id, error) {
  console.error(`${id} ${error?.stack || error}`);
}
