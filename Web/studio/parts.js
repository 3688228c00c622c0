// Everything that reading a token can do without: loaded after the first token has been read.

import { element } from "./dom.js";
import * as diagnosis from "./diagnosis.js";
import * as editors from "./editors.js";
import * as encryption from "./encryption.js";
import * as form from "./form.js";
import * as foundTokens from "./found-tokens.js";
import * as keys from "./keys.js";
import * as mode from "./mode.js";
import * as proof from "./proof.js";
import * as share from "./share.js";
import * as shortcuts from "./shortcuts.js";
import * as snippets from "./snippets.js";
import * as templates from "./templates.js";
import tools from "./texts/en-tools.js";
import { addTexts } from "./texts.js";
import * as workspace from "./workspace.js";

addTexts(tools);

const sheets = ["keys", "tools", "snippets", "workspace", "diagnosis", "encryption", "online"];
await Promise.all(sheets.map((name) => new Promise((done) => {
  const link = element("link", { rel: "stylesheet", href: `/studio/${name}.css` });
  // A sheet that does not come costs its looks, not the tool.
  for (const event of ["load", "error"]) link.addEventListener(event, done);
  document.head.append(link);
})));

export const parts = [editors, form, foundTokens, mode, proof, keys, templates, diagnosis, encryption, shortcuts, share, workspace, snippets];
