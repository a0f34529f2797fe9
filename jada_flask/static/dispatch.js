/* One charter's page: its dialogs, and logging a payment without leaving it. */

import { plain } from "./amounts.js";
import { apiFetch } from "./api.js";
import { cardOf, inWords, renderPaymentCard, say } from "./card.js";
import { blame, forgive } from "./faults.js";
import { findPatrons, showAccount } from "./patrons.js";
import "./typing.js";

const roster = document.querySelector("[data-roster]");
const form = document.querySelector("[data-payment]");
const again = form?.querySelector("[data-again]");
let sent = { words: "", key: "" }; // the same twice is sent under one key

/**
 * Open the dialog in which a payment is logged.
 * @param {string} [patronId] who paid; the first of the roster where it is left out
 */
export function openPaymentModal(patronId) {
  form.reset();
  forgive(form);
  askNoMore();
  findPatrons(form, "");
  if (patronId) form.elements.patron.value = patronId;
  showAccount(form);
  form.closest("dialog").showModal();
  form.elements.amount.focus();
}

/** Log what the dialog says. What was logged a moment ago is shown, and asked about. */
export async function submitPaymentLog() {
  const patronId = form.elements.patron.value;
  const url = `/api/events/${roster.dataset.roster}/${encodeURIComponent(patronId)}/payment`;
  const button = form.querySelector("[type=submit]");
  forgive(form);
  button.disabled = true;
  try {
    const body = bodyOf(form);
    const logged = await apiFetch(url, { method: "POST", body, key: keyFor(url, body) });
    if (logged.duplicate) ask(logged);
    else await finish(url, logged);
  } catch (error) {
    blame(form, error);
  } finally {
    button.disabled = false;
  }
}

async function finish(url, logged) {
  sent = { words: "", key: "" };
  form.closest("dialog").close();
  say(`Logged: ${inWords(logged)}.`, logged.warnings);
  try {
    renderPaymentCard(await apiFetch(url));
    cardOf(logged.patron_id).focus();
  } catch {
    say(`Logged: ${inWords(logged)}. Reload the page to see the card as it is now.`, logged.warnings);
  }
}

function bodyOf(filled) {
  const typed = [...new FormData(filled)]
    .map(([name, text]) => [name, text.trim()])
    .filter(([name, text]) => text && name !== "csrf_token" && name !== "patron");
  const body = Object.fromEntries(typed);
  return body.amount ? { ...body, amount: plain(body.amount) } : body;
}

function keyFor(url, body) {
  const words = url + JSON.stringify(body);
  if (words !== sent.words) sent = { words, key: crypto.randomUUID() };
  return sent.key;
}

function ask(first) {
  again.hidden = false;
  again.querySelector("[data-first]").textContent = inWords(first);
  form.querySelector("[data-verb]").textContent = "It is a second payment";
  form.elements.second_entry_reason.focus();
}

function askNoMore() {
  again.hidden = true;
  form.elements.second_entry_reason.value = "";
  form.querySelector("[data-verb]").textContent = "Log the payment";
}

function open(event) {
  const link = event.target.closest("[data-dialog]");
  const dialog = link && document.getElementById(link.dataset.dialog);
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (dialog.contains(form)) openPaymentModal(link.closest("[data-patron]")?.dataset.patron);
  else dialog.showModal();
}

document.addEventListener("click", open);
document.querySelectorAll("[data-close]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => button.closest("dialog").close());
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  submitPaymentLog();
});
form?.addEventListener("input", ({ target }) => {
  if (target.matches("[data-find]")) findPatrons(form, target.value);
  if (target.name !== "second_entry_reason") askNoMore();
  showAccount(form);
});

export { apiFetch, renderPaymentCard };
window.jada = { apiFetch, openPaymentModal, submitPaymentLog, renderPaymentCard };
