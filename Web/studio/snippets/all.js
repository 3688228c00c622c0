// Every template, in the order of their tabs.

import csharp from "./csharp.js";
import go from "./go.js";
import java from "./java.js";
import node from "./node.js";
import php from "./php.js";
import { joserfc, pyjwt } from "./python.js";
import rust from "./rust.js";
import { curl, signet } from "./shell.js";
import swift from "./swift.js";

export const templates = [signet, curl, swift, node, pyjwt, joserfc, go, rust, java, php, csharp];
