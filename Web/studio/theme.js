// Light, dark, or what the system says: chosen in the Studio, kept in this browser, and obeyed by every page of it.

import { remember, remembered } from "./texts.js";

export const theme = () => remembered("theme") ?? "system";

export function chooseTheme(wanted) {
  remember("theme", wanted === "system" ? null : wanted);
  applyTheme(wanted);
}

export function applyTheme(wanted = theme()) {
  if (wanted === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wanted;
}
