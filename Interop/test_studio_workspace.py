"""The Studio's workspace: nothing is stored before it is switched on, and afterwards nothing that can be read."""

import base64
import hashlib
import json
import os
import re

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from studio_page import StudioPage
from token_mint import AUDIENCE, ISSUER

PASSPHRASE = "correct horse battery staple"
STORED = """async () => {
    const found = { databases: (await indexedDB.databases()).map(({ name }) => name), documents: [],
        local: JSON.stringify({ ...localStorage, ...sessionStorage }), caches: await caches.keys(), cookies: document.cookie }
    for (const name of found.databases) {
        const database = await new Promise(done => { const request = indexedDB.open(name); request.onsuccess = () => done(request.result) })
        for (const store of database.objectStoreNames)
            found.documents.push(...await new Promise(done => {
                const request = database.transaction(store).objectStore(store).getAll(); request.onsuccess = () => done(request.result) }))
        database.close()
    }
    return found }"""


@pytest.fixture
def studio(studio_address, chromium):
    with StudioPage(chromium, studio_address + "/", accept_downloads=True) as page:
        page.page.set_default_timeout(20_000)
        yield page
        own = [url for url in page.requests_since_loading if not url.endswith("/favicon.svg") and not url.startswith("blob:")]
        assert own == [] and page.violations == [] and page.errors == []


def shown(studio):
    dialog = studio.page.get_by_role("dialog", name="Workspace")
    if not dialog.is_visible():
        studio.page.get_by_role("button", name=re.compile("^Workspace")).click()
    return dialog


def switch_on(studio, passphrase=PASSPHRASE):
    dialog = shown(studio)
    dialog.get_by_label("Passphrase", exact=True).fill(passphrase)
    dialog.get_by_label("Passphrase, once more").fill(passphrase)
    dialog.get_by_role("button", name="Switch on").click()
    dialog.get_by_text("The workspace is on").wait_for()
    return dialog


def save(studio, name):
    dialog = shown(studio)
    dialog.get_by_label("Name for what lies on the page now").fill(name)
    dialog.get_by_role("button", name="Save", exact=True).click()
    dialog.get_by_text(f"“{name}” is saved.").wait_for()
    return dialog


def names(dialog):
    return dialog.get_by_role("list", name="Saved").locator(".item-name").all_text_contents()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(document, passphrase):
    """The format as its comment has it, by another implementation."""
    kdf = document["kdf"]
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), unb64(kdf["salt"]), kdf["iterations"], 32)
    additional = f"signet-workspace 1 {kdf['iterations']} {kdf['salt']}".encode()
    return json.loads(AESGCM(key).decrypt(unb64(document["nonce"]), unb64(document["ciphertext"]), additional))


def sealed(items, passphrase, iterations=600_000):
    salt, nonce = os.urandom(16), os.urandom(12)
    write = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, iterations, 32)
    text = json.dumps({"version": 1, "items": items}).encode()
    return {
        "format": "signet-workspace", "version": 1, "kdf": {"name": "PBKDF2", "hash": "SHA-256", "iterations": iterations, "salt": write(salt)},
        "nonce": write(nonce), "ciphertext": write(AESGCM(key).encrypt(nonce, text, f"signet-workspace 1 {iterations} {write(salt)}".encode())),
    }


def test_nothing_is_stored_before_it_is_switched_on(studio, mint):
    studio.judge(mint.token("HS256").decode(), json.dumps(mint.jwk("HS256")))
    shown(studio).get_by_text("nothing is stored until you switch it on").wait_for()
    studio.page.keyboard.press("Escape")
    found = studio.page.evaluate(STORED)
    assert found["databases"] == [] and found["caches"] == [] and found["cookies"] == "" and "eyJ" not in found["local"]


def test_what_is_stored_is_the_documented_format_and_hides_everything(studio, mint):
    token, key = mint.token("HS256").decode(), json.dumps(mint.jwk("HS256"))
    studio.policy(issuer=ISSUER, audience=AUDIENCE, type="at+jwt", leeway=7, require=["exp"], scopes=["orders:read"])
    studio.judge(token, key)
    switch_on(studio)
    first = studio.page.evaluate(STORED)["documents"][0]
    save(studio, "Orders in production")
    found = studio.page.evaluate(STORED)
    (document,) = found["documents"]
    kdf = document["kdf"]
    assert kdf["iterations"] >= 600_000 and len(unb64(kdf["salt"])) == 16 and len(unb64(document["nonce"])) == 12
    assert first["nonce"] != document["nonce"] and first["kdf"] == kdf
    everything = json.dumps(found)
    for secret in ("Orders", token, token[:30], mint.jwk("HS256")["k"], ISSUER, AUDIENCE, "at+jwt", PASSPHRASE):
        assert secret not in everything, secret
    (item,) = opened(document, PASSPHRASE)["items"]
    assert item["name"] == "Orders in production" and item["boxes"]["token"] == token and item["boxes"]["key"] == key
    assert item["boxes"]["issuer"] == ISSUER and item["boxes"]["leeway"] == "7" and item["boxes"]["require"] == "exp"
    with pytest.raises(Exception):
        opened(document, PASSPHRASE + "x")


def test_saved_and_found_and_put_back(studio, mint):
    studio.policy(issuer=ISSUER, audience=AUDIENCE)
    verdict = studio.judge(mint.token().decode(), json.dumps(mint.jwk("ES256")))
    switch_on(studio)
    save(studio, "First <b>one</b>")
    save(studio, "Second")
    dialog = shown(studio)
    assert sorted(names(dialog)) == ["First <b>one</b>", "Second"] and dialog.locator("b").count() == 0
    dialog.get_by_label("Search by name").fill("FIRST one")
    assert names(dialog) == ["First <b>one</b>"]
    dialog.get_by_label("Search by name").fill("third")
    assert dialog.get_by_text("Nothing saved matches").is_visible()
    dialog.get_by_label("Search by name").fill("idp.example second")
    dialog.get_by_role("button", name="Close").click()
    studio.page.click("#clear")
    studio.settle()
    assert studio.page.input_value("#key") == ""
    shown(studio).get_by_role("button", name="Second", exact=True).click()
    studio.settle()
    assert not studio.page.get_by_role("dialog").is_visible()
    assert studio.verdict() == verdict and studio.page.input_value("#issuer") == ISSUER


def test_a_wrong_passphrase_says_so_and_nothing_else(studio, mint):
    studio.judge(mint.token().decode())
    switch_on(studio)
    save(studio, "Hidden name")
    shown(studio).get_by_role("button", name="Lock", exact=True).click()
    dialog = shown(studio)
    dialog.get_by_text("The workspace is locked.").wait_for()
    assert "Hidden name" not in studio.page.content()
    dialog.get_by_label("Passphrase").fill("correct horse battery stapler")
    dialog.get_by_role("button", name="Unlock").click()
    dialog.get_by_text("That is not the passphrase.").wait_for()
    assert "Hidden name" not in studio.page.content() and dialog.get_by_label("Passphrase").input_value() == ""
    dialog.get_by_label("Passphrase").fill(PASSPHRASE)
    studio.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Hidden name", exact=True).wait_for()


def test_it_is_there_after_reloading_and_locked(studio, mint):
    studio.judge(mint.token().decode())
    switch_on(studio)
    save(studio, "Kept")
    studio.page.reload()
    studio.page.wait_for_selector("html[data-studio='ready']", state="attached")
    studio.loaded = list(studio.requests)
    dialog = shown(studio)
    dialog.get_by_label("Passphrase").fill(PASSPHRASE)
    dialog.get_by_role("button", name="Unlock").click()
    dialog.get_by_role("button", name="Kept", exact=True).wait_for()


@pytest.mark.parametrize("passphrase, words, possible", [
    ("elevenchars", "At least 12 characters", False), ("aaaaaaaaaaaaaaaa", "Weak", True), ("password1234", "Weak", True),
    ("correct horse battery staple", "Strong", True), ("", "At least 12 characters", False)])
def test_the_strength_of_a_passphrase_is_said_in_words(studio, passphrase, words, possible):
    dialog = shown(studio)
    dialog.get_by_label("Passphrase", exact=True).fill(passphrase)
    assert dialog.get_by_text(words).first.is_visible()
    dialog.get_by_label("Passphrase, once more").fill(passphrase)
    assert dialog.get_by_role("button", name="Switch on").is_enabled() == possible
    dialog.get_by_label("Passphrase, once more").fill(passphrase + "x")
    assert dialog.get_by_role("button", name="Switch on").is_disabled()


def test_it_locks_after_fifteen_minutes_without_use(studio, mint):
    page = studio.page
    page.clock.install()
    page.reload()
    page.wait_for_selector("html[data-studio='ready']", state="attached")
    studio.loaded = list(studio.requests)
    studio.judge(mint.token().decode())
    switch_on(studio)
    save(studio, "Secret name")
    page.clock.fast_forward(14 * 60 * 1000)
    page.keyboard.press("Shift")
    page.clock.fast_forward(14 * 60 * 1000)
    assert page.get_by_role("button", name="Secret name", exact=True).is_visible(), "it was used in between"
    page.clock.fast_forward(15 * 60 * 1000 + 6000)
    page.get_by_text("Locked after 15 minutes without use").wait_for()
    assert "Secret name" not in page.content()


def test_renamed_replaced_and_deleted(studio, mint):
    studio.judge(mint.token().decode())
    switch_on(studio)
    dialog = save(studio, "Old")
    dialog.get_by_role("button", name="Rename Old").click()
    dialog.get_by_label("New name").fill("New")
    studio.page.keyboard.press("Enter")
    dialog.get_by_role("button", name="New", exact=True).wait_for()
    dialog.get_by_label("Name for what").fill("New")
    dialog.get_by_role("button", name="Save", exact=True).click()
    dialog.get_by_role("button", name="Replace the one of this name?").click()
    dialog.get_by_text("“New” is saved.").wait_for()
    assert names(dialog) == ["New"]
    dialog.get_by_role("button", name="Delete New").click()
    assert names(dialog) == ["New"], "one click is not enough"
    dialog.get_by_role("button", name="Really delete?").click()
    dialog.get_by_text("Nothing is saved yet.").wait_for()
    dialog.get_by_role("button", name="Delete everything").click()
    dialog.get_by_role("button", name="Delete everything for good?").click()
    dialog.get_by_text("the workspace is off").wait_for()
    assert studio.page.evaluate(STORED)["databases"] == []


def exported(studio) -> dict:
    with studio.page.expect_download() as download:
        shown(studio).get_by_role("button", name="Export").click()
    return json.loads(open(download.value.path()).read())


def give(studio, tmp_path, content, passphrase=PASSPHRASE):
    path = tmp_path / "import.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    dialog = shown(studio)
    with studio.page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Import…").click()
    chooser.value.set_files(path)
    dialog.get_by_label("Passphrase of the file").fill(passphrase)
    dialog.get_by_role("button", name="Read").click()
    return dialog


def test_export_and_import_elsewhere(studio, chromium, mint, tmp_path):
    studio.judge(mint.token().decode())
    switch_on(studio)
    save(studio, "Travels")
    document = exported(studio)
    assert opened(document, PASSPHRASE)["items"][0]["name"] == "Travels" and "Travels" not in json.dumps(document)
    address = studio.page.url
    with StudioPage(chromium, address) as other:
        switch_on(other, "another passphrase here")
        dialog = give(other, tmp_path, document)
        dialog.get_by_text("Imported: 1 new, 0 replaced, 0 were here already.").wait_for()
        assert names(dialog) == ["Travels"]
        (stored,) = other.page.evaluate(STORED)["documents"]
        assert opened(stored, "another passphrase here")["items"][0]["name"] == "Travels"
        give(other, tmp_path, document).get_by_text("Imported: 0 new, 0 replaced, 1 were here already.").wait_for()


def test_doubles_are_asked_about(studio, mint, tmp_path):
    studio.judge(mint.token().decode())
    switch_on(studio)
    for name in ("a", "b", "c"):
        save(studio, name)
    incoming = [{"id": f"other-{name}", "name": name, "saved": 1_700_000_000, "boxes": {"token": f"token of {name}", "evil": "x", "now": "5"}} for name in "abcd"]
    dialog = give(studio, tmp_path, sealed(incoming, "the file's own passphrase"), "the file's own passphrase")
    dialog.get_by_text("“a” is here already").wait_for()
    dialog.get_by_role("button", name="Keep mine").click()
    dialog.get_by_text("“b” is here already").wait_for()
    dialog.get_by_role("button", name="Take the file's").click()
    dialog.get_by_text("“c” is here already").wait_for()
    dialog.get_by_role("button", name="Keep both").click()
    dialog.get_by_text("Imported: 2 new, 1 replaced").wait_for()
    assert sorted(names(dialog)) == ["a", "b", "c", "c (from a file)", "d"]
    (stored,) = studio.page.evaluate(STORED)["documents"]
    items = {item["name"]: item for item in opened(stored, PASSPHRASE)["items"]}
    assert items["a"]["boxes"]["token"].startswith("eyJ") and items["b"]["boxes"]["token"] == "token of b" and "evil" not in items["b"]["boxes"]


def test_one_answer_for_all_doubles(studio, mint, tmp_path):
    studio.judge(mint.token().decode())
    switch_on(studio)
    for name in ("a", "b"):
        save(studio, name)
    incoming = [{"id": f"other-{name}", "name": name, "saved": 1, "boxes": {"token": "x"}} for name in "ab"]
    dialog = give(studio, tmp_path, sealed(incoming, PASSPHRASE))
    dialog.get_by_label("The same for the 1 others").check()
    dialog.get_by_role("button", name="Keep mine").click()
    dialog.get_by_text("Imported: 0 new, 0 replaced").wait_for()


@pytest.mark.parametrize("spoil", [
    lambda document: "no JSON", lambda document: {**document, "version": 2}, lambda document: {**document, "kdf": {**document["kdf"], "iterations": 1000}},
    lambda document: {**document, "kdf": {**document["kdf"], "iterations": 10**12}}, lambda document: {**document, "nonce": "AAAA"}, lambda document: [], lambda document: None])
def test_files_that_are_no_workspace(studio, tmp_path, spoil):
    switch_on(studio)
    dialog = give(studio, tmp_path, spoil(sealed([], PASSPHRASE)) or "null")
    dialog.get_by_text("This is no file of a workspace.").wait_for()


def test_a_changed_file_and_a_wrong_passphrase_for_it(studio, tmp_path):
    switch_on(studio)
    document = sealed([{"id": "1", "name": "n", "saved": 1, "boxes": {}}], PASSPHRASE)
    give(studio, tmp_path, {**document, "kdf": {**document["kdf"], "iterations": 600_001}}).get_by_text("That is not the passphrase.").wait_for()
    studio.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    give(studio, tmp_path, document, "some other passphrase").get_by_text("That is not the passphrase.").wait_for()


def test_two_tabs_do_not_undo_one_another(studio, mint):
    studio.judge(mint.token().decode())
    switch_on(studio)
    second = studio.context.new_page()
    second.goto(studio.page.url)
    second.wait_for_selector("html[data-studio='ready']", state="attached")
    second.get_by_role("button", name="Workspace…").click()
    second.get_by_label("Passphrase").fill(PASSPHRASE)
    second.keyboard.press("Enter")
    second.get_by_text("Nothing is saved yet.").wait_for()
    save(studio, "From the first tab")
    second.get_by_role("button", name="Close").click()
    second.fill("#token", mint.token().decode())
    second.get_by_role("button", name=re.compile("^Workspace")).click()
    second.get_by_label("Name for what").fill("From the second tab")
    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_role("button", name="From the second tab", exact=True).wait_for()
    assert second.get_by_role("button", name="From the first tab", exact=True).is_visible()
    studio.loaded = list(studio.requests)


def test_it_fits_a_phone(studio_address, chromium, mint):
    with StudioPage(chromium, studio_address + "/", viewport={"width": 360, "height": 740}) as studio:
        studio.judge(mint.token().decode())
        switch_on(studio)
        save(studio, "A very long name " + "x" * 120)
        assert studio.page.evaluate("document.querySelector('dialog[open]').scrollWidth <= document.querySelector('dialog[open]').clientWidth")
