/** What is told of one booking: a line of short texts, the same for the row and the mail. */

const MAX_TEXT = 500;
const MAX_CREW = 40;
const MARGIN_LINES = ['gross', 'crew_cost', 'captain_cost', 'port_fee', 'net'];
const PLAIN_FIELDS = [
  'booking_id', 'revision', 'status', 'charter_date', 'start_time', 'duration_hours', 'boat',
  'dock', 'guest_name', 'party_size', 'source', 'source_ref', 'event_id', 'guest_page_url',
  'dispatch_url',
];

/**
 * @param {string} text the payload as JSON
 * @param {string} id of the envelope, which must name the same booking and revision
 * @returns {Summary | null} null unless it is a booking's summary
 */
function summary_(text, id) {
  const payload = parsed_(text);
  if (!isRecord_(payload) || !isOfBooking_(payload, id)) return null;
  const margin = payload.margin ?? {};
  if (!isRecord_(margin)) return null;

  const crew = crewText_(payload.crew ?? []);
  const fields = { ...picked_(payload, PLAIN_FIELDS), ...picked_(margin, MARGIN_LINES), crew };
  const entries = Object.entries(fields);
  if (crew === null || !entries.every(([, value]) => isPlain_(value))) return null;
  return Object.fromEntries(entries.map(([name, value]) => [name, clean_(value)]));
}

/**
 * @param {Record<string, unknown>} payload
 * @param {string} id
 */
function isOfBooking_({ kind, booking_id, revision }, id) {
  return (
    kind === 'booking_summary' &&
    typeof booking_id === 'string' &&
    Number.isSafeInteger(revision) &&
    `booking:${booking_id}:${revision}` === id
  );
}

/**
 * @param {Record<string, unknown>} record
 * @param {string[]} names
 */
function picked_(record, names) {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}

/** @param {unknown} value */
function isPlain_(value) {
  const kind = typeof value;
  return kind === 'string' || kind === 'number' || value === null || value === undefined;
}

/**
 * One line of visible text: no line breaks, no other control characters, none of the marks
 * that turn the direction of what follows.
 * @param {unknown} value
 */
function clean_(value) {
  return String(value ?? '')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
    .trim()
    .slice(0, MAX_TEXT)
    .replace(/[\ud800-\udbff]$/, ''); // Half an emoji at the cut.
}

/**
 * @param {unknown} crew names, or objects with `name` or `crew_id` and `role`
 * @returns {string | null} null when it is something else
 */
function crewText_(crew) {
  if (!Array.isArray(crew) || crew.length > MAX_CREW) return null;
  const members = crew.map(crewMember_);
  return members.includes(null) ? null : members.join(', ');
}

/** @param {unknown} member */
function crewMember_(member) {
  if (typeof member === 'string') return clean_(member);
  if (!isRecord_(member)) return null;
  const { name, crew_id, role } = member;
  if (![name, crew_id, role].every(isPlain_)) return null;
  const who = clean_(name) || clean_(crew_id) || 'nobody yet';
  return role ? `${who} (${clean_(role)})` : who;
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') {
  Object.assign(module.exports, { MARGIN_LINES, clean_, crewText_, summary_ });
}
