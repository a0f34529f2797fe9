/** The operator's mail as HTML: one column, large enough for a thumb. */

/**
 * @param {Summary} summary
 * @param {string} news
 * @param {Change[]} changes
 */
function htmlBody_(summary, news, changes) {
  return [
    '<div style="max-width:480px;font:16px/1.5 Arial,sans-serif;color:#1b2733">',
    `<p style="margin:0;color:#5b6b78">${news} booking</p>`,
    `<p style="margin:0;font-size:21px"><strong><bdi>${html_(guest_(summary))}</bdi></strong></p>`,
    `<p style="margin:0 0 16px">${html_(when_(summary))}<br>${html_(where_(summary))}</p>`,
    changesHtml_(news, changes),
    tableHtml_(marginLines_(summary)),
    `<p>Crew: <bdi>${html_(summary.crew || 'nobody yet')}</bdi><br>`,
    `<span style="color:#5b6b78">${html_(reference_(summary))}</span></p>`,
    linksHtml_(summary),
    '</div>',
  ].join('\n');
}

/**
 * @param {string} news
 * @param {Change[]} changes
 */
function changesHtml_(news, changes) {
  if (!changes.length) return news === 'Changed' ? `<p>${NOTHING_HERE}</p>` : '';
  const lines = changes.map(
    (c) => `<bdi>${html_(c.name)}: <s>${html_(c.was)}</s> <strong>${html_(c.now)}</strong></bdi>`,
  );
  const box = 'margin:0 0 16px;padding:10px 14px;background:#fff4d6;color:#1b2733';
  return `<p style="${box}">${lines.join('<br>\n')}</p>`;
}

/** @param {[string, string][]} lines the last of them is the sum */
function tableHtml_(lines) {
  const rows = lines.map(([name, amount], i) => {
    const sum = i === lines.length - 1 ? 'border-top:2px solid #1b2733;font-weight:bold;' : '';
    const cell = `style="${sum}padding:3px 0"`;
    const figure = `style="${sum}padding:3px 0;text-align:right"`;
    return `<tr><td ${cell}>${html_(name)}</td><td ${figure}>${html_(amount)}</td></tr>`;
  });
  return `<table style="width:100%;max-width:320px;border-collapse:collapse;font:inherit">
${rows.join('\n')}
</table>`;
}

/** @param {Summary} summary */
function linksHtml_(summary) {
  const button =
    'display:inline-block;margin:0 8px 8px 0;padding:12px 18px;border-radius:6px;' +
    'background:#0b4f6c;color:#ffffff;text-decoration:none';
  const links = links_(summary).map(
    ([name, url]) => `<a href="${html_(url)}" style="${button}">${html_(name)}</a>`,
  );
  return links.length ? `<p>${links.join('\n')}</p>` : '';
}

/** @param {string} text */
function html_(text) {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

// Lets node load this file; Apps Script has no `module`.
if (typeof module === 'object') Object.assign(module.exports, { htmlBody_, html_ });
