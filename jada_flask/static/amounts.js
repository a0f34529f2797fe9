/* Amounts of dollars, as people read and type them. Nothing is reckoned here. */

const TYPED = /^\$?(\d{1,3}(,\d{3})+|\d+)?(\.\d{0,2})?$/;
const commas = new WeakMap();

/** `-1234.50` as `−$1,234.50`. */
export function money(plain) {
  const [whole, cents] = plain.replace("-", "").split(".");
  return `${plain.startsWith("-") ? "\u2212" : ""}$${grouped(whole)}.${cents}`;
}

/** What somebody typed, in the API's digits; what is no amount stays as it is. */
export function plain(text) {
  const typed = text.trim();
  return TYPED.test(typed) ? typed.replace(/[$,]/g, "") : typed;
}

/** Let an amount be grouped while somebody types it. */
export function formatAsTyped(input) {
  commas.set(input, count(input.value));
  input.addEventListener("input", () => group(input));
  input.addEventListener("change", () => complete(input));
}

/* A comma that we did not put there may be meant as the decimal sign: it is left alone,
   and whoever checks the amount asks. */
function group(input) {
  const ours = TYPED.test(input.value) || count(input.value) <= commas.get(input);
  const digits = input.value.replace(/,/g, "");
  if (!ours || !TYPED.test(digits)) return;
  const before = input.value.slice(0, input.selectionStart).replace(/,/g, "").length;
  const [whole, cents] = digits.split(".");
  input.value = grouped(whole) + (cents === undefined ? "" : `.${cents}`);
  commas.set(input, count(input.value));
  let caret = 0;
  for (let seen = 0; seen < before; caret += 1) if (input.value[caret] !== ",") seen += 1;
  input.setSelectionRange(caret, caret);
}

function complete(input) {
  const amount = plain(input.value);
  if (!/^\d+(\.\d{0,2})?$/.test(amount)) return;
  const [whole, cents = ""] = amount.split(".");
  input.value = `${grouped(whole)}.${cents.padEnd(2, "0")}`;
  commas.set(input, count(input.value));
}

function grouped(whole) {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}

function count(text) {
  return text.split(",").length - 1;
}
