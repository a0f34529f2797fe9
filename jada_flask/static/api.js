/* Speaking with the office's API. */

/** What the API refused, in its own words; `errors` names the fields. */
export class RefusedError extends Error {
  constructor(problem, status) {
    super(problem.detail || "That did not work. Please try again.");
    this.status = status;
    this.errors = problem.errors || [];
  }
}

/**
 * Ask the API, and answer with what it says as an object.
 * A write carries the token of this page and a key, so that sending it twice does it once.
 * @param {string} url
 * @param {{method?: string, body?: object, signal?: AbortSignal, key?: string}} how
 */
export async function apiFetch(url, { method = "GET", body, signal, key } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") {
    headers["X-CSRFToken"] = document.querySelector('[name="csrf_token"]').value;
    if (key) headers["Idempotency-Key"] = key;
  }
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RefusedError({ detail: "The office cannot be reached. Nothing is lost; try again." }, 0);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new RefusedError(said, answer.status);
  return said;
}
