/* For every form that asks for an amount. */

import { formatAsTyped } from "./amounts.js";

document.querySelectorAll("[data-amount]").forEach(formatAsTyped);
