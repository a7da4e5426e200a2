"""The person at the browser: opens a page of the peer, follows where it leads,
and fills in its forms.

user.py approve URL [CODE] | deny URL [CODE] | sign-in URL
"""

import collections
import html.parser
import http.cookiejar
import sys
import urllib.error
import urllib.parse
import urllib.request

PASSWORD = "correct horse"
_PATIENCE = 20
_MOST_PAGES = 12

Seen = collections.namedtuple("Seen", "status url text")


class _Form:
    def __init__(self, attributes):
        self.identity = attributes.get("id")
        self.action = attributes.get("action") or ""
        self.fields = {}


class _Page(html.parser.HTMLParser):
    """The forms of a page, and its buttons: (form, label, name, value)."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.buttons = [], []
        self._form, self._button = None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self._form = _Form(attributes)
            self.forms.append(self._form)
        elif tag == "input" and attributes.get("name") and self._form:
            self._form.fields[attributes["name"]] = (
                attributes.get("value") or "")
        elif tag == "button":
            self._button = {**attributes, "label": ""}

    def handle_data(self, data):
        if self._button is not None:
            self._button["label"] += data.strip()

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "button" and self._button is not None:
            button, self._button = self._button, None
            form = next((form for form in self.forms
                         if form.identity == button.get("form")), self._form)
            self.buttons.append((form, button["label"], button.get("name"),
                                 button.get("value")))


class User:
    """Somebody with a browser, who stays signed in with it."""

    def __init__(self, name="alice", password=PASSWORD):
        self.name, self.password = name, password
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def visit(self, url, code="", refuse_with=None):
        """The first page that is an error or asks nothing any more. Presses the
        button `refuse_with` where there is one, and the first one elsewhere."""
        seen = self._open(url)
        for _ in range(_MOST_PAGES):
            page = _Page(seen.text)
            if seen.status != 200 or not page.forms:
                return seen
            form, name, value = self._press(page, refuse_with)
            self._fill_in(form, code)
            if name:
                form.fields[name] = value
            seen = self._open(urllib.parse.urljoin(seen.url, form.action),
                              urllib.parse.urlencode(form.fields).encode())
        raise AssertionError(f"no end of pages at {seen.url}")

    def _open(self, url, data=None):
        try:
            with self._opener.open(url, data, _PATIENCE) as answer:
                return Seen(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Seen(error.code, error.url, error.read().decode())

    @staticmethod
    def _press(page, refuse_with):
        for form, label, name, value in page.buttons:
            if label == refuse_with:
                return form, name, value
        for form, _, name, value in page.buttons:
            return form, name, value
        return page.forms[0], None, None  # one that a script would submit

    def _fill_in(self, form, code):
        known = {"username": self.name, "password": self.password}
        if not form.fields.get("user_code"):
            known["user_code"] = code
        for name in form.fields.keys() & known.keys():
            form.fields[name] = known[name]


def approve(url, user_code="", user=None):
    """Signs in and lets the device have what it wants. `url` may be the
    verification_uri, or the complete one without a code."""
    return (user or User()).visit(url, user_code)


def deny(url, user_code="", user=None, button="Deny"):
    """Signs in and refuses; with the button "Abort", before signing in."""
    return (user or User()).visit(url, user_code, button)


def sign_in_at(authorization_url, user=None, refuse_with=None):
    """Signs in and consents, or presses "Deny". What is seen last is from the
    program that listens at the redirect URI, which must be there."""
    return (user or User()).visit(authorization_url, refuse_with=refuse_with)


def main():
    act, *arguments = sys.argv[1:]
    acts = {"approve": approve, "deny": deny, "sign-in": sign_in_at}
    print(acts[act](*arguments))


if __name__ == "__main__":
    main()
