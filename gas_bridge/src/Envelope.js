/** The signed envelope in which a summary travels. */

// 60,000 characters of base64 hold 45 kB: a hundred times what a booking needs.
const MAX_BODY = 60000;
const MAX_SKEW_SECONDS = 300;
const ENVELOPE_FIELDS = 'id,payload,sig,ts,v';
const ENVELOPE_ID = /^booking:[\x20-\x7e]{1,200}:\d{1,9}$/;
const BASE64URL = /^(?:[\w-]{4})+$|^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)$/;

/**
 * @param {unknown} body what came in, of any type and size
 * @returns {Envelope | null} null unless it has exactly the envelope's shape
 */
function envelope_(body) {
  if (typeof body !== 'string' || body.length > MAX_BODY) return null;
  const value = parsed_(body);
  return isEnvelope_(value) ? value : null;
}

/**
 * @param {unknown} value
 * @returns {value is Envelope}
 */
function isEnvelope_(value) {
  if (!isRecord_(value) || Object.keys(value).sort().join() !== ENVELOPE_FIELDS) return false;
  const { v, ts, id, payload, sig } = value;
  return (
    v === 1 &&
    typeof ts === 'number' &&
    Number.isSafeInteger(ts) &&
    matches_(ENVELOPE_ID, id) &&
    matches_(BASE64URL, payload) &&
    matches_(/^[0-9a-f]{64}$/, sig)
  );
}

/**
 * @param {RegExp} pattern
 * @param {unknown} value
 */
function matches_(pattern, value) {
  return typeof value === 'string' && pattern.test(value);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord_(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * JSON.parse quotes the text in its message, which must not end up in a log.
 * @param {string} text
 * @returns {unknown} undefined when it is not JSON
 */
function parsed_(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {Envelope} envelope
 * @param {string} stage signed, but not sent: a summary of another stage does not verify
 */
function signedText_(envelope, stage) {
  return `v1\n${stage}\n${envelope.ts}\n${envelope.id}\n${envelope.payload}`;
}

/**
 * Both secrets are tried every time, so that the time it takes does not tell which fits.
 * @param {Envelope} envelope
 * @param {Settings} settings
 */
function isSigned_(envelope, settings) {
  const text = signedText_(envelope, settings.stage);
  return settings.secrets
    .map((secret) => isSame_(mac_(text, secret), envelope.sig))
    .some((isOurs) => isOurs);
}

/**
 * Without the charset Google reads strings as US-ASCII, where all other letters are alike.
 * @param {string} text
 * @param {string} secret
 */
function mac_(text, secret) {
  return hex_(Utilities.computeHmacSha256Signature(text, secret, Utilities.Charset.UTF_8));
}

/** @param {number[]} bytes signed ones, as Google gives them */
function hex_(bytes) {
  return bytes.map((byte) => (byte & 0xff).toString(16).padStart(2, '0')).join('');
}

/**
 * Compares to the end, wherever the first difference is.
 * @param {string} ours
 * @param {string} theirs
 */
function isSame_(ours, theirs) {
  let difference = ours.length ^ theirs.length;
  for (let i = 0; i < ours.length; i += 1) {
    difference |= ours.charCodeAt(i) ^ theirs.charCodeAt(i);
  }
  return difference === 0;
}

/**
 * @param {number} ts
 * @param {number} now
 */
function isStale_(ts, now) {
  return Math.abs(now - ts) > MAX_SKEW_SECONDS;
}

/** @param {string} payload */
function decoded_(payload) {
  const bytes = Utilities.base64DecodeWebSafe(payload);
  return Utilities.newBlob(bytes).getDataAsString('UTF-8');
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') {
  Object.assign(module.exports, {
    envelope_, hex_, isRecord_, isSame_, isStale_, parsed_, signedText_,
  });
}
