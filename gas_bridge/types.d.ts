/** What the files in src/ say to each other; for the type checker alone, never pushed. */

interface Envelope {
  v: 1;
  ts: number;
  id: string;
  payload: string;
  sig: string;
}

interface Settings {
  secrets: string[];
  stage: string;
  sheetId: string;
  operator: string;
}

/** Field to one line of text; see COLUMNS in Row.js. */
type Summary = Record<string, string>;

interface Change {
  name: string;
  was: string;
  now: string;
}

type Code = 'bad_request' | 'bad_signature' | 'stale' | 'busy' | 'internal';

type Answer =
  | { ok: true; id: string; row: number; duplicate: boolean; mailed: boolean }
  | { ok: false; code: Code };

/** Node's, absent in Apps Script. */
declare const module: { exports: object } | undefined;
