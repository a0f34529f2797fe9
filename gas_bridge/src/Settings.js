/** The script properties that an operator fills in by hand; clasp cannot. */

const MIN_SECRET = 32;

/**
 * @param {string} name
 * @returns {string} '' when it is not set
 */
function property_(name) {
  return PropertiesService.getScriptProperties().getProperty(name) || '';
}

/** @param {string} name */
function setting_(name) {
  const value = property_(name);
  if (!value) throw new Error(`The script property ${name} is missing.`);
  return value;
}

/**
 * @param {string} name
 * @param {string} value
 */
function secret_(name, value) {
  if (isSecret_(value)) return value;
  throw new Error(`${name} must be ${MIN_SECRET} or more printable ASCII characters.`);
}

/** @param {string} value */
function isSecret_(value) {
  return value.length >= MIN_SECRET && /^[\x20-\x7e]+$/.test(value);
}

/**
 * All of them, so that a missing one is found before anything is written.
 * @returns {Settings}
 */
function settings_() {
  const current = secret_('BRIDGE_SECRET', setting_('BRIDGE_SECRET'));
  const previous = property_('BRIDGE_SECRET_PREVIOUS') || current;
  return {
    secrets: [current, secret_('BRIDGE_SECRET_PREVIOUS', previous)],
    stage: setting_('STAGE'),
    sheetId: setting_('SHEET_ID'),
    operator: setting_('OPERATOR_EMAIL'),
  };
}

/** What is wrong with them, by name and never by value. */
function settingFaults_() {
  const faults = ['BRIDGE_SECRET', 'SHEET_ID', 'OPERATOR_EMAIL', 'STAGE']
    .filter((name) => !property_(name))
    .map((name) => `${name} is missing`);
  for (const name of ['BRIDGE_SECRET', 'BRIDGE_SECRET_PREVIOUS']) {
    const value = property_(name);
    if (value && !isSecret_(value)) faults.push(`${name} is too weak`);
  }
  return faults;
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') Object.assign(module.exports, { isSecret_ });
