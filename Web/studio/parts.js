// Everything that reading a token can do without: loaded after the first token has been read.

import * as diagnosis from "./diagnosis.js";
import * as editors from "./editors.js";
import * as encryption from "./encryption.js";
import * as form from "./form.js";
import * as keys from "./keys.js";
import * as share from "./share.js";
import * as shortcuts from "./shortcuts.js";
import * as snippets from "./snippets.js";
import * as templates from "./templates.js";
import tools from "./texts/en-tools.js";
import { addTexts } from "./texts.js";
import * as workspace from "./workspace.js";

addTexts(tools);

export const parts = [editors, form, keys, templates, diagnosis, encryption, shortcuts, share, workspace, snippets];
