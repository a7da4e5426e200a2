"""Who may include whom, and who may see which library."""

import tree

# The layer of each module of src/.
LAYERS = {
    "base": 0,
    "json": 1, "crypto": 1, "http": 1,
    "jwt": 2, "apikey": 2, "credential": 2,
    "auth": 3, "oauth": 3, "rest": 3,
    "service": 4,
    "capi": 5, "testing": 5,
}

# Customers of the libraries: of the rest they see public headers only.
CUSTOMERS = {"service", "capi", "testing"}

# The module that each public header belongs to. A value that several modules
# speak of belongs to the lowest of them.
HEADERS = {
    "api_key_scheme": "base", "clock": "base", "random": "base",
    "reason": "base", "result": "base", "secret": "base", "status": "base",
    "uuid": "base", "version": "base",
    "json": "json",
    "http": "http",
    "jwk": "jwt", "jwk_fetcher": "jwt", "jwk_source": "jwt", "jwt": "jwt",
    "jwt_cache": "jwt", "jwt_policy": "jwt", "jwt_presets": "jwt",
    "multi_issuer_verifier": "jwt", "public_key": "jwt",
    "remote_jwk_source": "jwt",
    "api_key": "apikey", "api_key_cache": "apikey",
    "api_key_digest": "apikey", "api_key_scan": "apikey",
    "api_key_sealer": "apikey",
    "api_key_store": "apikey", "api_key_verifier": "apikey",
    "django_hash": "apikey", "foreign_api_key": "apikey",
    "foreign_credentials": "apikey",
    "credential": "credential", "credential_source": "credential",
    "durable_session": "credential",
    "refresh_scheduler": "credential", "session_key": "credential",
    "session_log": "credential", "token_answer": "credential",
    "token_inspection": "credential", "token_request": "credential",
    "token_session": "credential", "token_store": "credential",
    "authenticator": "auth",
    "auth_server_metadata": "oauth", "authorization_code": "oauth",
    "bearer_challenge": "oauth", "browser": "oauth",
    "browser_sign_in": "oauth", "callback": "oauth",
    "client_assertion": "oauth", "client_registration": "oauth",
    "device_grant": "oauth", "device_sign_in": "oauth",
    "discovery": "oauth", "id_token": "oauth",
    "loopback_listener": "oauth", "oauth_client": "oauth",
    "oauth_flow": "oauth", "user_info": "oauth",
    "diagnosis": "rest", "rest_client": "rest",
    "service": "service", "service_import": "service",
    "service_operations": "service",
    "sqlite_api_key_feed": "service", "sqlite_api_key_store": "service",
    "c": "capi", "c_api_key": "capi", "c_base": "capi", "c_credential": "capi",
    "c_jwt": "capi", "c_jwt_signing": "capi", "c_key_sealer": "capi",
    "c_key_store": "capi", "c_oauth": "capi", "c_session": "capi",
    "testing/adversarial_auth_server": "testing",
    "testing/fake_clock": "testing", "testing/fake_random": "testing",
    "testing/fake_transport": "testing", "testing/fault": "testing",
}

# The parts of src/ that may include a library's headers.
VENDORS = {
    "simdjson": ["src/json/"],
    "openssl": ["src/crypto/"],
    "curl": ["src/http/"],
    "yaml-cpp": ["src/credential/"],
    "sqlite3": ["src/service/sqlite/"],
    # Tells the address sanitizer what it cannot know of pages of our own.
    "sanitizer": ["src/base/secret_pages.cc"],
    "sodium": ["src/base/", "src/crypto/", "src/service/"],
    "absl": ["src/service/"],
}

# Folders of the system's own headers, besides those at the top.
SYSTEM = {"sys", "netinet", "arpa", "net", "linux"}


def _vendor(quoted, angled):
    """The library of somebody else that an include names, or None."""
    header = quoted or angled
    first = header.split("/")[0]
    name = first[:-2] if first.endswith(".h") else first
    if name in VENDORS:
        return name
    return first if angled and "/" in header and first not in SYSTEM else None


def _target_module(quoted):
    """The module that a quoted include reaches into, or None."""
    folder, _, rest = quoted.partition("/")
    if folder == "clone":
        return HEADERS.get(rest[:-2])
    return folder if folder in LAYERS else None


def _module_of(header):
    """The module that a file in include/clone/ belongs to, or None."""
    return HEADERS.get(header.path.removeprefix("include/clone/")[:-2])


def _may_include(module, target):
    return target == module or LAYERS[target] < LAYERS[module]


def layers(root):
    problems = []
    for file in tree.files(root, "src", tree.CXX):
        module = file.path.split("/")[1]
        if module not in LAYERS:
            problems.append(f"{file.path}: '{module}' is in no layer")
            continue
        for line, quoted, _ in file.includes():
            if not quoted or _vendor(quoted, None):
                continue
            where = f"{file.path}:{line}: {quoted}"
            target = _target_module(quoted)
            if target is None:
                problems.append(f"{where} belongs to no module")
            elif not _may_include(module, target):
                problems.append(f"{where}: {module} may not include {target}")
            elif (module in CUSTOMERS and target != module
                  and not quoted.startswith("clone/")):
                problems.append(f"{where}: {module} uses public headers only")
    for file in tree.files(root, "include/clone", [".h"]):
        module = _module_of(file)
        if module is None:
            problems.append(f"{file.path} belongs to no module")
            continue
        for line, quoted, _ in file.includes():
            target = quoted and _target_module(quoted)
            if quoted and (not target or not _may_include(module, target)):
                problems.append(
                    f"{file.path}:{line}: {module} may not include {quoted}")
    return problems


def vendors(root):
    problems = []
    for file in tree.files(root, "src", tree.CXX):
        for line, quoted, angled in file.includes():
            vendor = _vendor(quoted, angled)
            if vendor and not any(file.path.startswith(part)
                                  for part in VENDORS.get(vendor, [])):
                problems.append(
                    f"{file.path}:{line}: {vendor} is not for this module")
    return problems


def public_headers(root):
    """A public header includes our own and the standard library's: C++'s, or C's
    in a header for C."""
    problems = []
    for file in tree.files(root, "include", [".h"]):
        for_c = _module_of(file) == "capi"
        for line, quoted, angled in file.includes():
            ours = quoted and quoted.startswith("clone/")
            standard = angled and (
                angled in ("stddef.h", "stdint.h") if for_c
                else "/" not in angled and "." not in angled)
            if not ours and not standard:
                problems.append(f"{file.path}:{line}: {quoted or angled}")
    return problems
