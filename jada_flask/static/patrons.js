/* Finding who paid, by name or e-mail, and what they still owe. */

import { cardOf } from "./card.js";

const everybody = [...(document.querySelector("[data-payment]")?.elements.patron.options ?? [])];
const FEW = 3;

/** Leave those in the list whose name or e-mail holds what was typed. */
export function findPatrons(form, typed) {
  const { patron } = form.elements;
  const chosen = patron.value;
  const words = folded(typed);
  const found = everybody.filter((option) => folded(option.dataset.find).includes(words));
  patron.replaceChildren(...found);
  patron.value = found.some((option) => option.value === chosen) ? chosen : (found[0]?.value ?? "");
  form.querySelector("[data-finding]").hidden = everybody.length <= FEW;
}

/** Show what is due, paid and open, as the card of who is chosen does. */
export function showAccount(form) {
  const card = form.elements.patron.value && cardOf(form.elements.patron.value);
  for (const place of form.querySelectorAll("[data-account]")) {
    const there = card && card.querySelector(`[data-account="${place.dataset.account}"]`);
    place.textContent = there ? there.textContent : "\u2013";
  }
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
