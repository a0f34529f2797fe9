/** How dates, times and amounts read to people. */

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/**
 * Cents are never computed here: the text of the amount is only put into its dress.
 * @param {string} amount
 */
function dollars_(amount) {
  const parts = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(amount || '');
  if (!parts) return amount || 'unknown';
  const [, sign, whole, cents = ''] = parts;
  return `${sign}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents.padEnd(2, '0')}`;
}

/** @param {string} amount */
function negated_(amount) {
  if (amount.startsWith('-')) return amount.slice(1);
  return /[1-9]/.test(amount) ? `-${amount}` : amount;
}

/** @param {string} date such as 2026-05-30 */
function day_(date) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date || '');
  if (!parts) return date || 'no date';
  const [year, month, day] = parts.slice(1).map(Number);
  const weekday = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return `${weekday} ${MONTHS[month - 1]} ${day}, ${year}`;
}

/** @param {string} time such as 16:30 */
function hour_(time) {
  const parts = /^([01]\d|2[0-3]):(\d\d)(?::\d\d)?$/.exec(time || '');
  if (!parts) return time || 'no time';
  const hour = Number(parts[1]);
  return `${hour % 12 || 12}:${parts[2]} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** @param {string} text such as jada */
function titled_(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : '';
}

/**
 * One line, and nothing in it that a mail program would decode ("=?utf-8?q?...").
 * @param {string} text
 */
function header_(text) {
  return clean_(text).replace(/=(?=\?)/g, '= ').slice(0, 200);
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') {
  Object.assign(module.exports, { day_, dollars_, header_, hour_, negated_, titled_ });
}
