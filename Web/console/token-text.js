// A token that somebody typed: what it says, read here and judged nowhere, and the way with it to the Studio.

// -> its claims, or null where it is no token in three parts.
export function claimsOf(text) {
  const parts = text.trim().replace(/^Bearer\s+/i, "").split(".");
  if (parts.length !== 3) return null;
  try {
    const bytes = Uint8Array.from(
      atob(parts[1].replaceAll("-", "+").replaceAll("_", "/")),
      (letter) => letter.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && !Array.isArray(claims) ? claims : null;
  } catch { return null; }
}

// Behind #, which no browser sends to a server; the Studio takes it out of the address at once.
export function openInStudio(text) {
  open(`/#token=${encodeURIComponent(text.trim().replace(/^Bearer\s+/i, ""))}`, "_blank", "noopener");
}
