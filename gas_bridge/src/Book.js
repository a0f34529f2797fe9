/** The Sheet itself: one row for each booking, written by one run at a time. */

const LOCK_WAIT_MS = 20000;

/**
 * @param {string} id
 * @param {Summary} summary
 * @param {Settings} settings
 * @returns {Answer}
 */
function record_(id, summary, settings) {
  const lock = LockService.getScriptLock();
  if (!lock.tryLock(LOCK_WAIT_MS)) return refusal_('busy');
  try {
    return keep_(id, summary, settings);
  } finally {
    lock.releaseLock();
  }
}

/**
 * Rewrites the row for a newer revision only; the mail that is owed goes out in any case,
 * about what the row says now.
 * @param {string} id
 * @param {Summary} summary
 * @param {Settings} settings
 * @returns {Answer}
 */
function keep_(id, summary, settings) {
  const sheet = bookingsTab_(SpreadsheetApp.openById(settings.sheetId));
  const found = rowNumber_(firstColumn_(sheet), summary.booking_id);
  const kept = found ? readRow_(sheet, found) : null;
  const row = found || newRow_(sheet, summary);
  const duplicate = kept !== null && !isNewer_(summary, kept);
  const current = duplicate ? kept : renewed_(summary, kept, new Date());
  if (!duplicate) writeRow_(sheet, row, current);
  return { ok: true, id, row, duplicate, mailed: isMailed_(id, sheet, row, current, settings) };
}

/**
 * True once the operator has been told of this row, be it just now.
 * @param {string} id
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number} row
 * @param {Summary} summary
 * @param {Settings} settings
 */
function isMailed_(id, sheet, row, summary, settings) {
  if (summary.mailed_at) return true;
  if (!isSent_(id, summary, settings)) return false;
  writeRow_(sheet, row, toldOf_(summary, new Date()));
  return true;
}

/** @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet */
function bookingsTab_(spreadsheet) {
  const sheet = spreadsheet.getSheetByName(TAB) || spreadsheet.insertSheet(TAB);
  if (sheet.getLastRow() === 0) sheet.appendRow(headings_());
  const headings = sheet.getRange(1, 1, 1, COLUMNS.length).getValues()[0];
  // Somebody moved or renamed a column: better no row than money in the wrong one.
  if (headings.join() !== headings_().join()) {
    throw new Error(`The headings of the tab ${TAB} have changed: put them back.`);
  }
  return sheet;
}

/** @param {GoogleAppsScript.Spreadsheet.Sheet} sheet */
function firstColumn_(sheet) {
  return sheet.getRange(1, 1, sheet.getLastRow(), 1).getValues();
}

/**
 * Appending makes the Sheet longer where it ends, which writing to a range would not.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {Summary} summary
 */
function newRow_(sheet, summary) {
  sheet.appendRow([guarded_(summary.booking_id)]);
  return sheet.getLastRow();
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number} row
 */
function readRow_(sheet, row) {
  return fromRow_(sheet.getRange(row, 1, 1, COLUMNS.length).getValues()[0]);
}

/**
 * Flushed at once, because the lock protects only what has been written when it is let go.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number} row
 * @param {Summary} summary
 */
function writeRow_(sheet, row, summary) {
  const cells = sheet.getRange(row, 1, 1, COLUMNS.length);
  // First plain text, then the values: else "007" is a number and "=…" a formula.
  cells.setNumberFormat('@');
  cells.setValues([row_(summary)]);
  SpreadsheetApp.flush();
}

/**
 * A newer revision: its mail is owed, measured against what the operator was told last.
 * @param {Summary} summary
 * @param {Summary | null} kept
 * @param {Date} now
 * @returns {Summary}
 */
function renewed_(summary, kept, now) {
  const told = kept ? kept.told : '';
  return { ...summary, received_at: now.toISOString(), mailed_at: '', told };
}

/**
 * @param {Summary} summary
 * @param {Date} now
 * @returns {Summary}
 */
function toldOf_(summary, now) {
  return { ...summary, mailed_at: now.toISOString(), told: toldText_(summary) };
}

/**
 * A mail that Google refuses (its daily quota, an outage) leaves the row and stays owed.
 * @param {string} id
 * @param {Summary} summary
 * @param {Settings} settings
 */
function isSent_(id, summary, settings) {
  try {
    const mail = mail_(summary, told_(summary.told), settings.stage);
    MailApp.sendEmail({ to: settings.operator, name: 'JADA', ...mail });
    return true;
  } catch (error) {
    log_(id, error);
    return false;
  }
}
