/** A summary as a row of the Sheet and back. */

const TAB = 'Bookings';

/** @type {[string, string][]} field and heading, from the left; the last is for the bridge */
const COLUMNS = [
  ['booking_id', 'Booking'],
  ['revision', 'Revision'],
  ['status', 'Status'],
  ['charter_date', 'Date'],
  ['start_time', 'Start'],
  ['duration_hours', 'Hours'],
  ['boat', 'Boat'],
  ['dock', 'Dock'],
  ['guest_name', 'Guest'],
  ['party_size', 'Party'],
  ['gross', 'Gross'],
  ['crew_cost', 'Crew cost'],
  ['captain_cost', 'Captain'],
  ['port_fee', 'Port fee'],
  ['net', 'Net'],
  ['crew', 'Crew'],
  ['source', 'Source'],
  ['source_ref', 'Reference'],
  ['guest_page_url', 'Guest page'],
  ['dispatch_url', 'Dispatch'],
  ['event_id', 'Event'],
  ['received_at', 'Received (UTC)'],
  ['mailed_at', 'Mailed (UTC)'],
  ['told', 'As last mailed'],
];

// What Sheets, Excel or a CSV import may take for the start of a formula.
const FORMULA_START = /^[\s\u0000]*[=+\-@＝＋－＠]|^[\t\r\n\u0000']/; // eslint-disable-line no-control-regex

/** @returns {string[]} */
function headings_() {
  return COLUMNS.map(([, heading]) => heading);
}

/** @param {Summary} summary */
function row_(summary) {
  return COLUMNS.map(([field]) => guarded_(summary[field] || ''));
}

/**
 * @param {unknown[]} row
 * @returns {Summary}
 */
function fromRow_(row) {
  return Object.fromEntries(COLUMNS.map(([field], i) => [field, unguarded_(row[i])]));
}

/**
 * The apostrophe says "this is text" and is not shown.
 * @param {string} text
 */
function guarded_(text) {
  return FORMULA_START.test(text) ? `'${text}` : text;
}

/**
 * Sheets keeps the apostrophe for itself in some formats and gives it back in others.
 * @param {unknown} cell
 */
function unguarded_(cell) {
  const text = String(cell ?? '');
  return text.startsWith("'") && FORMULA_START.test(text.slice(1)) ? text.slice(1) : text;
}

/**
 * Where a booking stands in the Sheet.
 * @param {unknown[][]} ids the first column with its heading
 * @param {string} bookingId
 * @returns {number} 0 when it is not there; the heading is row 1
 */
function rowNumber_(ids, bookingId) {
  return ids.findIndex(([id], i) => i > 0 && unguarded_(id) === bookingId) + 1;
}

/**
 * @param {Summary} summary
 * @param {Summary} kept without a revision when a run ended before it had written the row
 */
function isNewer_(summary, kept) {
  return !kept.revision || Number(summary.revision) > Number(kept.revision);
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') {
  Object.assign(module.exports, {
    COLUMNS, fromRow_, guarded_, headings_, isNewer_, row_, rowNumber_, unguarded_,
  });
}
