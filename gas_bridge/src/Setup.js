/** What an operator runs once by hand, from the editor, after filling in the properties. */

/** Makes the Sheet, its tab and headings; says what is missing; ends with a mail as proof. */
function setup() {
  const faults = settingFaults_().filter((fault) => !fault.startsWith('SHEET_ID'));
  if (faults.length) throw new Error(`Fill in the script properties: ${faults.join('; ')}.`);
  if (!property_('SHEET_ID')) makeSpreadsheet_(setting_('STAGE'));
  const settings = settings_();
  const spreadsheet = SpreadsheetApp.openById(settings.sheetId);
  dress_(bookingsTab_(spreadsheet));
  const mail = readyMail_(settings.stage, spreadsheet.getUrl());
  MailApp.sendEmail({ to: settings.operator, name: 'JADA', ...mail });
  console.log(`Ready: ${spreadsheet.getUrl()}`);
}

/** @param {string} stage */
function makeSpreadsheet_(stage) {
  const spreadsheet = SpreadsheetApp.create(`JADA bookings (${stage})`);
  PropertiesService.getScriptProperties().setProperty('SHEET_ID', spreadsheet.getId());
}

/**
 * Plain text in every cell, so that what people type by hand is treated like our own.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 */
function dress_(sheet) {
  sheet.getRange(1, 1, sheet.getMaxRows(), COLUMNS.length).setNumberFormat('@');
  sheet.getRange(1, 1, 1, COLUMNS.length).setFontWeight('bold');
  sheet.setFrozenRows(1);
  sheet.hideColumns(COLUMNS.length);
  SpreadsheetApp.flush();
}

/**
 * @param {string} stage
 * @param {string} url
 */
function readyMail_(stage, url) {
  return {
    subject: header_(`JADA bridge (${stage}) is set up`),
    body: `The bridge can write to the Sheet and mail you.\n\nThe Sheet: ${url}\n`,
  };
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') Object.assign(module.exports, { readyMail_ });
