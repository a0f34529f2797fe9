/* A patron's card on the charter's page: what is due, what was paid, every entry. */

import { money } from "./amounts.js";

const roster = document.querySelector("[data-roster]");
const WAYS = { ach: "ACH", paypal: "PayPal" };

/**
 * Bring a card to where the API says that the patron stands.
 * @param {object} statement as GET /api/events/<event_id>/<patron_id>/payment gives it
 */
export function renderPaymentCard(statement) {
  const card = cardOf(statement.patron_id);
  for (const place of card.querySelectorAll("[data-account]")) {
    const amount = statement[place.dataset.account];
    place.textContent = amount === null ? "\u2013" : money(amount);
  }
  const stands = standing(statement);
  const badge = roster.querySelector(`[data-badge="${stands}"]`);
  card.querySelector("[data-standing]").replaceChildren(badge.content.cloneNode(true));
  card.dataset.stands = stands;
  card.querySelector("[data-extras]").textContent = extras(statement);
  card.querySelector("[data-entries]").replaceChildren(...statement.entries.map(row));
}

export function cardOf(patronId) {
  return roster.querySelector(`[data-patron="${CSS.escape(patronId)}"]`);
}

/** Say above the roster what was done, and what a person should look at. */
export function say(words, warnings = []) {
  const lines = [[words, "flash"], ...warnings.map((warning) => [warning, "flash flash-warning"])];
  roster.querySelector("[data-says]").replaceChildren(
    ...lines.map(([text, looks]) => {
      const line = document.createElement("p");
      line.className = looks;
      line.textContent = text;
      return line;
    }),
  );
  // What a payment is warned of need not stand below for the whole charter as well.
  const standing = roster.querySelector("[data-says] + .cautions");
  if (standing) {
    const stands = standing.textContent.trim().replace(/\.$/, "");
    standing.hidden = warnings.some((warning) => warning.startsWith(stands));
  }
}

/** `$60.00, Cash, Sat May 30, 4:30 PM PDT, by ana` */
export function inWords(entry) {
  return [money(entry.amount), what(entry), moment(entry), `by ${entry.logged_by}`].join(", ");
}

function standing({ amount_due: due, amount_paid: paid, balance, payment_cleared: cleared }) {
  if (balance?.startsWith("-")) return "over";
  if (cleared) return "paid";
  if (Number(paid) > 0) return "part";
  return due === null ? "none" : "open";
}

function extras(statement) {
  return ["tip", "addon", "damage"]
    .map((purpose) => [purpose, statement[`${purpose}s_paid`] ?? statement[`${purpose}_paid`]])
    .filter(([, paid]) => Number(paid) !== 0)
    .map(([purpose, paid]) => `${capital(purpose)} ${money(paid)}`)
    .join(", ");
}

function row(entry) {
  const piece = roster.querySelector("[data-entry-row]").content.cloneNode(true);
  const at = (name) => piece.querySelector(`[data-entry="${name}"]`);
  const where = `${entry.event_id}/patrons/${entry.patron_id}/payments/${entry.payment_id}`;
  const api = `${entry.event_id}/${entry.patron_id}/payment/${entry.payment_id}`;
  const told = [entry.reference, entry.note, entry.reason, entry.second_entry_reason];
  at("amount").textContent = money(entry.amount);
  at("what").textContent = what(entry);
  at("what").href = `/dispatch/events/${where}`;
  at("when").textContent = `${moment(entry)}, ${entry.logged_by}`;
  at("details").textContent = told.filter(Boolean).join("; ");
  at("receipt").href = `/api/events/${api}/receipt.pdf`;
  if (entry.voided) at("fate").textContent = "taken back";
  else if (Number(entry.refunded)) at("fate").textContent = `${money(entry.refunded)} given back`;
  piece.firstElementChild.classList.toggle("entry-off", entry.voided);
  if (at("void")) {
    at("void").href = `/dispatch/events/${where}#take-back`;
    at("void").hidden = entry.voided || Number(entry.refunded) > 0 || entry.kind === "void";
  }
  return piece;
}

function what({ kind, method, purpose }) {
  if (kind === "void") return "Taken back";
  const words = kind === "refund" ? "Given back" : (WAYS[method] ?? capital(method));
  return purpose === "fare" ? words : `${words}, ${purpose}`;
}

function moment({ timestamp }) {
  const how = { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
  const zone = { timeZone: roster.dataset.zone, timeZoneName: "short" };
  const parts = new Intl.DateTimeFormat("en-US", { ...how, ...zone }).formatToParts(timestamp);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  const time = `${part.hour}:${part.minute} ${part.dayPeriod} ${part.timeZoneName}`;
  return `${part.weekday} ${part.month} ${part.day}, ${time}`;
}

function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
