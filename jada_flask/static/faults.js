/* What the API says is wrong, beside the controls of a form. */

/** Show each fault beside its control; what belongs to none stands above them all. */
export function blame(form, error) {
  const beside = (error.errors ?? []).filter(({ field }) => form.elements[field]);
  for (const { field, message } of beside) point(form.elements[field], message);
  const above = form.querySelector("[data-wrong]");
  above.hidden = beside.length > 0;
  above.querySelector("span").textContent = error.message;
  if (beside.length) form.elements[beside[0].field].focus();
}

/** Take back everything that was said to be wrong. */
export function forgive(form) {
  form.querySelector("[data-wrong]").hidden = true;
  form.querySelectorAll(".note-wrong").forEach((note) => note.remove());
  form.querySelectorAll(".field-wrong").forEach((field) => field.classList.remove("field-wrong"));
  form.querySelectorAll("[aria-invalid]").forEach((control) => {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  });
}

function point(control, words) {
  const note = document.createElement("small");
  note.className = "note note-wrong";
  note.id = `${control.id}-wrong`;
  note.textContent = words;
  control.after(note);
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", note.id);
  control.closest(".field").classList.add("field-wrong");
}
