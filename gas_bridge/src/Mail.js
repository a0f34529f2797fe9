/** The operator's mail: short enough for a phone, exact to the cent. */

const NOTHING_HERE = 'Nothing that this mail shows has changed; see the charter.';

/** @type {[string, string][]} what a change is called, in the order of the mail */
const CHANGES = [
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
];

/** @type {[string, string][]} */
const COSTS = [
  ['crew_cost', 'Crew'],
  ['captain_cost', 'Captain'],
  ['port_fee', 'Port fee'],
];

/**
 * @param {Summary} summary
 * @param {Summary | null} told what the operator's last mail said; null before the first
 * @param {string} stage
 */
function mail_(summary, told, stage) {
  const changes = told ? changes_(told, summary) : [];
  const news = news_(summary, told);
  return {
    subject: subject_(summary, news, changes, stage),
    body: textBody_(summary, news, changes),
    htmlBody: htmlBody_(summary, news, changes),
  };
}

/**
 * @param {Summary} summary
 * @param {Summary | null} told
 */
function news_(summary, told) {
  if (isCancelled_(summary)) return 'Cancelled';
  return told ? 'Changed' : 'New';
}

/** @param {Summary} summary */
function isCancelled_(summary) {
  return /^cancel/i.test(summary.status || '');
}

/**
 * @param {Summary} told
 * @param {Summary} summary
 * @returns {Change[]}
 */
function changes_(told, summary) {
  return CHANGES.filter(([field]) => (told[field] || '') !== (summary[field] || '')).map(
    ([field, name]) => ({ name, was: shown_(field, told), now: shown_(field, summary) }),
  );
}

/**
 * @param {string} field
 * @param {Summary} summary
 */
function shown_(field, summary) {
  const text = summary[field] || '';
  if (!text) return 'none';
  if (MARGIN_LINES.includes(field)) return dollars_(text);
  if (field === 'charter_date') return day_(text);
  return field === 'start_time' ? hour_(text) : text;
}

/**
 * @param {Summary} summary
 * @param {string} news
 * @param {Change[]} changes
 * @param {string} stage
 */
function subject_(summary, news, changes, stage) {
  const what = changes.slice(0, 3).map((change) => change.name.toLowerCase());
  const rest = changes.length > 3 ? ` and ${changes.length - 3} more` : '';
  const tail =
    news === 'Changed' && what.length
      ? `${what.join(', ')}${rest}`
      : `party of ${summary.party_size || '?'}, net ${dollars_(summary.net)}`;
  const mark = stage === 'production' ? '' : `[${stage}] `;
  const day = day_(summary.charter_date).replace(/, \d{4}$/, '');
  const which = [day, summary.guest_name, titled_(summary.boat)].filter(Boolean).join(', ');
  return header_(`${mark}${news}: ${which}: ${tail}`);
}

/**
 * @param {Summary} summary
 * @param {string} news
 * @param {Change[]} changes
 */
function textBody_(summary, news, changes) {
  const paragraphs = [
    `${news}: ${guest_(summary)}\n${when_(summary)}\n${where_(summary)}`,
    changesText_(news, changes),
    marginText_(summary),
    `Crew: ${summary.crew || 'nobody yet'}\n${reference_(summary)}`,
    links_(summary).map(([name, url]) => `${name}: ${url}`).join('\n'),
  ];
  return `${paragraphs.filter(Boolean).join('\n\n')}\n`;
}

/**
 * @param {string} news
 * @param {Change[]} changes
 */
function changesText_(news, changes) {
  if (changes.length) {
    return `What changed\n${changes.map((c) => `${c.name}: ${c.was} -> ${c.now}`).join('\n')}`;
  }
  return news === 'Changed' ? NOTHING_HERE : '';
}

/** @param {Summary} summary */
function marginText_(summary) {
  return marginLines_(summary)
    .map(([name, amount]) => `${name.padEnd(10)}${amount.padStart(12)}`)
    .join('\n');
}

/**
 * @param {Summary} summary
 * @returns {[string, string][]}
 */
function marginLines_(summary) {
  /** @type {[string, string][]} */
  const lines = COSTS.map(([field, name]) => [name, dollars_(negated_(summary[field]))]);
  return [['Gross', dollars_(summary.gross)], ...lines, ['Net', dollars_(summary.net)]];
}

/** @param {Summary} summary */
function guest_(summary) {
  return `${summary.guest_name || 'no name'}, party of ${summary.party_size || '?'}`;
}

/** @param {Summary} summary */
function when_(summary) {
  const hours = summary.duration_hours ? `, ${summary.duration_hours} h` : '';
  return `${day_(summary.charter_date)}, ${hour_(summary.start_time)}${hours}`;
}

/** @param {Summary} summary */
function where_(summary) {
  return `${titled_(summary.boat)}, ${titled_(summary.dock)}`;
}

/** @param {Summary} summary */
function reference_(summary) {
  return `${titled_(summary.source)} ${summary.source_ref}`.trim();
}

/**
 * @param {Summary} summary
 * @returns {[string, string][]}
 */
function links_(summary) {
  /** @type {[string, string][]} */
  const links = [
    ['Open the charter', summary.dispatch_url],
    ['Guest page', summary.guest_page_url],
  ];
  return links.filter(([, url]) => /^https?:\/\/\S+$/.test(url || ''));
}

/**
 * What the mail says, kept beside the row to tell the next one from.
 * @param {Summary} summary
 */
function toldText_(summary) {
  return JSON.stringify(Object.fromEntries(CHANGES.map(([f]) => [f, summary[f] || ''])));
}

/**
 * @param {string} text
 * @returns {Summary | null} null before the first mail
 */
function told_(text) {
  const value = parsed_(text);
  return isRecord_(value) ? /** @type {Summary} */ (value) : null;
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') {
  Object.assign(module.exports, { changes_, mail_, told_, toldText_ });
}
