// What a chat completion of OpenAI's form says, read out of the pieces of its stream.

import { eventReader } from "./event-stream.js";
import { isObject } from "./schema.js";

const MOST_OF_ERROR = 100_000;

// `say(words)` is given the words as they come. -> { head({ status, headers }), part(text), result() }
export function answerOf(say) {
  const found = { status: null, trace: null, by: null, usage: null, reason: null, error: null };
  let isStream = false;
  let whole = "";
  const takeEvent = eventReader((data) => {
    if (data === "[DONE]") return;
    const chunk = objectOf(data);
    if (isObject(chunk.error)) found.error = errorWords(chunk);
    if (isObject(chunk.usage)) found.usage = chunk.usage;
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    const words = choice?.delta?.content;
    if (typeof words === "string" && words !== "") say(words);
    if (typeof choice?.finish_reason === "string") found.reason = choice.finish_reason;
  });
  return {
    head({ status, headers }) {
      const fields = new Map(headers.map((line) => {
        const at = line.indexOf(": ");
        return [line.slice(0, at).toLowerCase(), line.slice(at + 2)];
      }));
      found.status = status;
      const trace = fields.get("x-request-id") ?? "";
      found.trace = /^[0-9a-f]{32}$/.test(trace) ? trace : null;
      found.by = [fields.get("x-signet-provider"), fields.get("x-signet-model")].filter(Boolean).join(": ") || null;
      isStream = status < 400 && (fields.get("content-type") ?? "").startsWith("text/event-stream");
    },
    part(text) {
      if (isStream) takeEvent(text);
      else if (whole.length < MOST_OF_ERROR) whole += text;
    },
    result() {
      if (isStream || found.status === null) return found;
      const answer = objectOf(whole);
      found.trace ??= typeof answer.trace === "string" && /^[0-9a-f]{32}$/.test(answer.trace) ? answer.trace : null;
      if (found.status >= 400) found.error = errorWords(answer) ?? `It was answered with ${found.status}.`;
      return found;
    },
  };
}

const errorWords = (answer) => [answer.error?.message, answer.error, answer.detail, answer.title].find(
  (said) => typeof said === "string"
) ?? null;

function objectOf(text) {
  try { const value = JSON.parse(text); return isObject(value) ? value : {}; } catch { return {}; }
}
