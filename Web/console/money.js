// Sums of money, which are texts of at most nine decimal places, and added exactly.

import { link } from "./dom.js";

export const nanosOf = (amount) => {
  const [, sign, whole, part = ""] = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(amount) ?? ["", "", "0"];
  return BigInt(`${sign}${whole}${part.padEnd(9, "0").slice(0, 9)}`);
};

export function amountOf(nanos) {
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(10, "0");
  const part = digits.slice(-9).replace(/0+$/, "").padEnd(2, "0");
  return `${nanos < 0n ? "-" : ""}${digits.slice(0, -9)}.${part}`;
}

// XXX is what has no price (ISO 4217).
export const hasPrice = ({ currency }) => currency !== "XXX";
const UNKNOWN = "no price is known";
export const moneyWords = (amount, currency) => (hasPrice({ currency }) ? `${amount} ${currency}` : UNKNOWN);
// The same, with the way to the prices where there is none.
export const money = (amount, currency) => (
  hasPrice({ currency }) ? moneyWords(amount, currency) : link(UNKNOWN, "#/prices")
);
