/* The page of a booking by hand: the margin as one types, and the usual people of a boat. */

import { money, plain } from "./amounts.js";
import { apiFetch } from "./api.js";
import "./typing.js";

const form = document.querySelector("[data-booking]");
const says = form.querySelector("[data-margin-says]");
const drawn = form.querySelector("[data-reference]")?.value;
const hint = "Gross and hours are enough to work it out.";
let asked = new AbortController();
let timer = 0;

/** The booking so far, as the API reads it; null while too little is known. */
function soFar() {
  const typed = (name) => form.elements[name].value.trim();
  const hours = typed("duration_hours");
  if (!typed("gross_revenue") || !/^\d+(\.\d+)?$/.test(hours)) return null;
  const crew = [...form.querySelectorAll("[data-place]")]
    .filter((row) => row.querySelector("[type=checkbox]").checked)
    .map((row) => ({ crew_id: row.dataset.place, role: roleIn(row).value }));
  const body = {
    gross_revenue: plain(typed("gross_revenue")),
    duration_hours: Number(hours),
    captain_id: typed("captain_id") || null,
    crew,
  };
  for (const name of ["source", "charter_type", "boat", "dock", "charter_date"]) {
    if (typed(name)) body[name] = typed(name);
  }
  return body;
}

function roleIn(row) {
  return row.querySelector("[name$=role]");
}

async function showMargin() {
  asked.abort();
  asked = new AbortController();
  const body = soFar();
  if (!body) return show(null, hint);
  try {
    const { margin } = await apiFetch("/api/margin", { method: "POST", body, signal: asked.signal });
    show(margin, "");
  } catch (error) {
    if (error.name !== "AbortError") show(null, error.errors?.[0]?.message || error.message);
  }
}

function show(margin, words) {
  for (const row of form.querySelectorAll("[data-line]")) {
    const { line } = row.dataset;
    const cost = !["gross", "net"].includes(line) && Number(margin?.[line]) > 0;
    row.cells[1].textContent = margin ? (cost ? "\u2212" : "") + money(margin[line]) : "\u2013";
  }
  says.textContent = words;
}

function takeUsualPeople(boat) {
  const { captain, crew } = boat.selectedOptions[0].dataset;
  const roles = new Map(crew.split(" ").filter(Boolean).map((place) => place.split(":")));
  form.elements.captain_id.value = captain;
  for (const row of form.querySelectorAll("[data-place]")) {
    row.querySelector("[type=checkbox]").checked = roles.has(row.dataset.place);
    if (roles.has(row.dataset.place)) roleIn(row).value = roles.get(row.dataset.place);
  }
}

/* The number that was drawn is for direct bookings; a marketplace gives its own. */
function fitReference(source) {
  const reference = form.querySelector("[data-reference]");
  if (source.value === "direct") reference.value ||= drawn;
  else if (reference.value === drawn) reference.value = "";
}


form.addEventListener("input", (event) => {
  if (event.target.matches("[data-boat]")) takeUsualPeople(event.target);
  if (event.target.matches("[data-source]")) fitReference(event.target);
  clearTimeout(timer);
  timer = setTimeout(showMargin, 200);
});
form.querySelector("[data-reckon]").hidden = true;
showMargin();
