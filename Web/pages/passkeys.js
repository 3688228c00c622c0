// Asks the browser for a passkey, or for a new one, and sends its answer with the page's own form.
"use strict";

const fromText = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function use(form) {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: fromText(form.dataset.challenge),
      rpId: form.dataset.relyingParty,
      userVerification: "required",
    },
  });
  return {
    id: toText(found.rawId),
    clientDataJSON: toText(found.response.clientDataJSON),
    data: toText(found.response.authenticatorData),
    signature: toText(found.response.signature),
  };
}

async function make(form) {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: fromText(form.dataset.challenge),
      rp: { id: form.dataset.relyingParty, name: form.dataset.relyingParty },
      user: {
        id: new TextEncoder().encode(form.dataset.user),
        name: form.dataset.name,
        displayName: form.dataset.name,
      },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: form.dataset.known.split(" ").filter(Boolean)
        .map((id) => ({ type: "public-key", id: fromText(id) })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    },
  });
  return {
    id: toText(made.rawId),
    clientDataJSON: toText(made.response.clientDataJSON),
    data: toText(made.response.attestationObject),
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.querySelector("[data-impossible]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector(".problem");
    problem.hidden = true;
    try {
      const answer = form.dataset.passkey === "get" ? await use(form) : await make(form);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      problem.textContent = error.name === "InvalidStateError"
        ? "This device has a passkey for this account already."
        : "That did not work, or it was cancelled. Try again.";
      problem.hidden = false;
    }
  });
}
