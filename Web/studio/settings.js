// Theme and language: kept in this browser, and nothing else is.

import { byId, element } from "./dom.js";
import { language, languages, preferredLanguage, remember, speak } from "./texts.js";
import { applyTheme, chooseTheme, theme } from "./theme.js";

export async function start(bench) {
  applyTheme();
  byId("theme").value = theme();
  byId("theme").addEventListener("change", ({ target }) => chooseTheme(target.value));
  byId("language").replaceChildren(...[...languages].map(([tag, name]) => element("option", { value: tag, lang: tag }, name)));
  byId("language").addEventListener("change", async ({ target }) => {
    remember("language", target.value);
    await speak(target.value);
    bench.update("clock");
  });
  await speak(preferredLanguage());
  byId("language").value = language;
}
